"""The launcher as a person meets it: one command to a running site, a second copy beside it, a clean end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.fund_process import free_port
from tests.fixtures.until import until
from tests.fixtures.watcher import forget_process, watch_process
from tests.fixtures.whole_run import ROOT

RUN = [sys.executable, str(ROOT / "run")]
SETTINGS = ("DATABASE_URL", "SITE_URL", "STRIPE_SECRET_KEY", "STRIPE_API_BASE", "SMTP_URL")


class Launched:
    """A `./run` on ports of its own. `said` is what it printed so far."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.environ = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        self.environ |= {name: str(free_port()) for name in ("PORT", "SANDBOX_PORT", "SANDBOX_SMTP_PORT")}
        self.environ |= {"DATA_DIR": str(folder / "data"), "DEMO_PASSWORD": "a password for the demo", **environ}
        self.output = folder / "output"
        self.url = f"http://127.0.0.1:{self.environ['PORT']}"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                RUN, cwd=ROOT, env=self.environ, stdout=output, stderr=output, start_new_session=True
            )
        watch_process(self.process.pid)
        until(lambda: "Ctrl-C stops it." in self.said or self.ended(), timeout=120, every=0.1)
        assert not self.ended(), self.said

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def end(self, how: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        status = self.process.wait(60)
        forget_process(self.process.pid)
        return status

    def get(self, path: str, port: str = "PORT") -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.environ[port]}{path}", timeout=30) as answer:
            return str(answer.read().decode())

    def refused(self, *arguments: str, **environ: str) -> str:
        """What a launcher says on standard error that must not start."""
        done = subprocess.run(
            [*RUN, *arguments], env={**self.environ, **environ}, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode in (1, 2)
        assert "Traceback" not in done.stderr
        return done.stderr


@pytest.fixture
def launched(tmp_path: Path) -> Iterator[Launched]:
    made = Launched(tmp_path)
    yield made
    if made.process is not None and not made.ended():
        made.end(signal.SIGTERM)


def is_free(port: str) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", int(port))) != 0


def test_one_command_leads_to_a_site_with_the_demo_and_stops_without_a_trace(launched: Launched) -> None:
    launched.start()

    assert launched.url in launched.said
    assert "alice@example.org" in launched.said
    assert "a password for the demo" in launched.said
    assert f"{launched.environ['SANDBOX_PORT']}/mail" in launched.said
    campaigns = json.loads(launched.get("/api/v1/campaigns"))["data"]
    assert {campaign["currency"] for campaign in campaigns} >= {"CAD", "SEK"}
    assert all(campaign["raised_gross"] > 0 for campaign in campaigns)
    assert launched.get("/mail", port="SANDBOX_PORT")
    case = json.loads(launched.get("/api/v1/campaigns/four-labels"))
    assert (case["target"], case["members_part"], case["organiser_share"]["paid"]) == (200_000, 150_000, 50_000)
    assert (case["billed"], case["paid"], case["in_trust"]) == (125_000, 50_000, 15_000)
    for path, words in (("/c", "Me Hélène Gagnon"), ("/fr/c", "Défense écrite")):
        assert words in launched.get(f"{path}/four-labels")
        assert "Me Hélène Gagnon" in launched.get(f"{path}/four-labels/reports/1")

    for name in ("secret_key", "data_keys", "sandbox_webhook_secret", "prepared"):
        assert (Path(launched.environ["DATA_DIR"]) / name).stat().st_mode & 0o077 == 0, name

    other = {name: str(free_port()) for name in ("PORT", "SANDBOX_PORT", "SANDBOX_SMTP_PORT")}
    assert re.search(r"another ./run uses .*DATA_DIR", launched.refused(**other))
    assert "PORT " + launched.environ["PORT"] in launched.refused(DATA_DIR=launched.environ["DATA_DIR"] + "2")

    checked = subprocess.run(
        [*RUN, "flask", "check-ledger", "--json"], env=launched.environ, capture_output=True, check=True
    )
    assert json.loads(checked.stdout)["ok"] is True

    assert launched.end(signal.SIGTERM) == 0
    assert all(is_free(launched.environ[name]) for name in ("PORT", "SANDBOX_PORT", "SANDBOX_SMTP_PORT"))

    launched.start()
    assert json.loads(launched.get("/api/v1/campaigns"))["data"] == campaigns
    assert launched.end(signal.SIGINT) == 0


def test_a_child_that_dies_ends_the_rest_by_name(launched: Launched) -> None:
    launched.environ["WORKERS"] = "0"  # so that nobody waits for the demo's gifts
    launched.start()
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    port = launched.environ["SANDBOX_PORT"]
    pid = next(line.split()[0] for line in listed.splitlines() if f"-m sandbox --port {port}" in line)
    os.kill(int(pid), signal.SIGKILL)
    until(launched.ended, timeout=60)
    assert launched.process is not None
    assert launched.process.returncode == 1
    assert "the sandbox process ended" in launched.said
    assert is_free(launched.environ["PORT"])


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT", "SANDBOX_SMTP_PORT"])
def test_a_taken_port_is_named(launched: Launched, name: str) -> None:
    with socket.create_server(("127.0.0.1", int(launched.environ[name]))):
        said = launched.refused()
    assert f"{name} {launched.environ[name]}" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("value", ["0", "70000", "http", "-1", "８０"])
def test_a_port_that_is_none_is_named(launched: Launched, value: str) -> None:
    assert "PORT is a port" in launched.refused(PORT=value)


def test_unknown_commands_are_wrong_usage(launched: Launched) -> None:
    said = launched.refused("launch")
    assert "There is no command 'launch'" in said
    assert "./run test" in said
    assert "no benchmark 'nothing'" in launched.refused("bench", "nothing")
