"""An update to 46,000 members, each with a row of their own, against Postfix's `smtp-source` with one session."""

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from _measure import BENCH, ROOT, folder, free_port, show_ratio

PEOPLE, ROUNDS, BAR = 46_000, 3, 1.0
HANDS = 2
"""As many connections as one worker process has for mail to many."""
SIZE = 8_000
"""Bytes of the reference's messages: a little less than ours have."""
WHERE = "/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", "")


@contextmanager
def sink() -> Iterator[int]:
    """Accepts everything and keeps nothing; says its port."""
    port = free_port()
    command = [tool("smtp-sink"), *(["-u", "nobody"] if os.geteuid() == 0 else []), f"127.0.0.1:{port}", "128"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)


def reference(port: int, count: int, size: int, *options: str) -> float:
    """Messages a second with one session at a time."""
    command = [tool("smtp-source"), *options, "-s", "1", "-m", str(count), "-l", str(size)]
    command += ["-f", "fund@example.org", "-t", "member@example.org", f"127.0.0.1:{port}"]
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return count / (time.perf_counter() - began)


def ours(port: int, count: int, *, dkim: str = "", hands: int = HANDS) -> dict[str, object]:
    with folder() as here:
        asked = {"folder": str(here), "port": port, "people": count, "dkim": dkim, "hands": hands}
        done = subprocess.run(
            [sys.executable, str(BENCH / "_mail_run.py")],
            input=json.dumps(asked),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        sys.exit(f"the run failed: {done.stderr[-3000:]}")
    took: dict[str, object] = json.loads(done.stdout)
    if took["states"] != {"sent": count} or took["mailing"] != "done":
        sys.exit(f"not everybody was sent to: {took}")
    return took


def tool(name: str) -> str:
    found = shutil.which(name, path=WHERE)
    return found or sys.exit(f"{name} is not installed: it comes with Postfix (Debian: apt-get install postfix)")


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.02)
    sys.exit("smtp-sink did not start")


def show(name: str, count: int, took: dict[str, object]) -> None:
    publish, fill, send = (float(took[step]) for step in ("publish", "fill", "send"))  # type: ignore[arg-type]
    print(
        f"{name:18}publish {publish * 1e3:5.0f} ms   fill {fill:6.1f} s ({count / fill:5.0f}/s)   "
        f"send {send:6.1f} s ({count / send:5.0f}/s)   memory {took['memory']:4.0f} MiB",
        flush=True,
    )


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=PEOPLE)
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--hands", type=int, default=HANDS)
    asked.add_argument("--dkim", default="", help="rsa, ed25519 or rsa,ed25519: sign; shown beside, without a bar")
    asked.add_argument("--million", action="store_true", help="memory with a million people beside that; takes long")
    options = asked.parse_args()
    count, ratios, wholes, memory = options.people, [], [], 0.0
    with sink() as port:
        for _ in range(options.rounds):
            before = reference(port, count, SIZE)
            took = ours(port, count, hands=options.hands)
            theirs = statistics.mean((before, reference(port, count, SIZE)))
            show("ours", count, took)
            kept = reference(port, count, SIZE, "-d")
            print(f"{'smtp-source -s 1':18}{theirs:5.0f}/s, on one connection that is kept {kept:5.0f}/s", flush=True)
            send, fill = float(took["send"]), float(took["fill"])  # type: ignore[arg-type]
            ratios.append(count / send / theirs)
            wholes.append(count / (send + fill) / theirs)
            memory = float(took["memory"])  # type: ignore[arg-type]
        if options.dkim:
            show(options.dkim, count, ours(port, count, dkim=options.dkim))
        if options.million:
            large = ours(port, 1_000_000)
            show("a million", 1_000_000, large)
            show_ratio("memory, a million against these", float(large["memory"]), memory, "bar 1.10")  # type: ignore[arg-type]
    show_ratio("sending against smtp-source", statistics.median(ratios), 1, f"bar {BAR}")
    show_ratio("writing down and sending, one after the other", statistics.median(wholes), 1, "no bar")
    return 0 if statistics.median(ratios) >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
