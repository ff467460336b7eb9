"""What the benchmarks share: servers on free ports in folders of their own, a load, and rounds taken in turn."""

import json
import os
import runpy
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).parent
ROOT = BENCH.parent
START_TIMEOUT = 60.0
SECRET = "whsec_bench"  # noqa: S105  of a server that lives for a minute, on loopback
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Load:
    """One round. `rate` in requests a second, latencies and processor time in milliseconds."""

    rate: float
    p50: float
    p99: float
    cpu: float
    """Of the server's processes, for each request; blind to whoever else uses the machine."""
    statuses: dict[str, int]

    @property
    def errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status[0] not in "23r")


class Server:
    """gunicorn with the site's own settings, or a reference with the same worker class and threads."""

    def __init__(self, command: Sequence[str], environ: dict[str, str], port: int, log: Path, cwd: Path = ROOT) -> None:
        self.port = port
        self._log = log
        with log.open("wb") as target:
            self.process = subprocess.Popen(
                command, cwd=cwd, env=environ, stdout=target, stderr=target, start_new_session=True
            )

    def wait_for(self, path: str) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5).close()
                return
            time.sleep(0.05)
        sys.exit(f"the server did not start:\n{self._log.read_text(errors='replace')[-3000:]}")

    def cpu_seconds(self) -> float:
        """Used so far by the master and its workers."""
        return sum(_cpu_seconds(pid) for pid in _family(self.process.pid))

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    """Settings of an installation that lives in `folder`; nothing of the caller's own."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **inherited,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "STRIPE_SECRET_KEY": "sk_test_bench",
        "STRIPE_WEBHOOK_SECRETS": SECRET,
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "REQUIRE_SECOND_FACTOR": "0",
        "DEMO_PASSWORD": "a password for the benchmark",
        "WORKERS": "0",
        **more,
    }


@contextmanager
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="retainer-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def site(environ: dict[str, str]) -> Iterator[Server]:
    """The site as `./run` serves it, on the migrated database that `environ` names."""
    port = int(environ["PORT"])
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "-b", f"127.0.0.1:{port}", "wsgi:app"]
    server = Server(command, environ, port, Path(environ["DATA_DIR"]) / "site.log")
    try:
        server.wait_for("/readyz" if environ["WORKERS"] != "0" else "/healthz")
        yield server
    finally:
        server.stop()


@contextmanager
def reference(folder: Path) -> Iterator[Server]:
    """`_reference.py` under the same kind of server."""
    port = free_port()
    same = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "--no-control-socket"]
    command += ["-k", same["worker_class"], "-w", str(same["workers"]), "--threads", str(same["threads"])]
    command += ["--keep-alive", str(same["keepalive"]), "--pythonpath", str(BENCH), "_reference:app"]
    environ = {**os.environ, "WEBHOOK_SECRET": SECRET}
    server = Server(command, environ, port, folder / "reference.log", cwd=folder)  # elsewhere lies no gunicorn.conf.py
    try:
        server.wait_for("/")
        yield server
    finally:
        server.stop()


def flask(environ: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"flask {' '.join(arguments)}: {done.stderr[-2000:]}")


def load(
    server: Server, requests: Sequence[bytes], *, connections: int, seconds: float = 0, where: Path | None = None
) -> Load:
    """Send the requests from another process: round and round for `seconds`, or each once."""
    with folder() as own:
        path = (where or own) / "requests"
        path.write_bytes(b"".join(struct.pack(">I", len(request)) + request for request in requests))
        asked = {"port": server.port, "connections": connections, "seconds": seconds, "requests": str(path)}
        before = server.cpu_seconds()
        done = subprocess.run(
            [sys.executable, str(BENCH / "_load.py")],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
        )
        spent = server.cpu_seconds() - before
    if done.returncode:
        sys.exit(f"the load failed: {done.stderr[-2000:]}")
    answer = json.loads(done.stdout)
    times = sorted(answer["latencies"])
    return Load(
        rate=len(times) / answer["seconds"],
        p50=times[len(times) // 2] * 1e3,
        p99=times[min(len(times) - 1, int(len(times) * 0.99))] * 1e3,
        cpu=spent / len(times) * 1e3,
        statuses=answer["statuses"],
    )


def median(rounds: Sequence[Load]) -> Load:
    statuses: dict[str, int] = {}
    for one in rounds:
        for status, count in one.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    middle = {name: statistics.median(getattr(one, name) for one in rounds) for name in ("rate", "p50", "p99", "cpu")}
    return Load(**middle, statuses=statuses)


def show(name: str, found: Load) -> None:
    said = f"{name:14}{found.rate:9.0f}/s   p50 {found.p50:7.2f} ms   p99 {found.p99:7.2f} ms   cpu {found.cpu:6.3f} ms"
    print(f"{said}   {dict(sorted(found.statuses.items()))}", flush=True)


def show_ratio(name: str, ours: float, theirs: float, bar: str) -> None:
    print(f"{name:44}{ours / theirs:7.2f}   ({bar})", flush=True)


def get(path: str, port: int, **headers: str) -> bytes:
    """A raw GET request."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{more}\r\n".encode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _family(pid: int) -> list[int]:
    found = [pid]
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += _family(int(child))
    return found


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK
