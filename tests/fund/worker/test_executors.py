"""Several executors, each a process of its own, some of them killed."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import Settings
from fund.db.session import Database
from fund.work.dbos_queue import DbosQueue
from fund.worker import runtime
from fund.worker.system_tables import queue_client
from fund.worker.take_over import take_over
from tests.fixtures.databases import postgresql_only, sqlite_only
from tests.fixtures.ready_process import ReadyProcess
from tests.fixtures.until import until

Start = Callable[..., tuple[ReadyProcess, str]]


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """A function that starts one more executor on the database and says its id."""
    started: list[ReadyProcess] = []

    def one(*options: str) -> tuple[ReadyProcess, str]:
        said, complaints = (tmp_path / f"executor-{len(started)}.{name}" for name in ("out", "err"))
        command = ["tests.fund.worker.executor_program", database_url, str(tmp_path), *options]
        process = ReadyProcess(command, dict(os.environ), said, complaints)
        started.append(process)
        until(lambda: "\n" in _words(said) or process.poll() is not None, timeout=40)
        return process, _words(said).strip()

    yield one
    for process in started:
        process.kill_group()
        process.wait()


def _words(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def _enqueue(database: Database, database_url: str, donation_id: str) -> None:
    with database.write() as session:
        DbosQueue(database_url).enqueue(session, "look_at_checkout", donation_id)


def _left(folder: Path, what: str) -> list[str]:
    return [path.name for path in folder.glob(f"{what}.*")]


def test_after_kill_9_it_comes_back_under_its_name_and_goes_on(
    start: Start, database: Database, database_url: str, tmp_path: Path
) -> None:
    first, name = start()
    _enqueue(database, database_url, "don_1")
    until(lambda: _left(tmp_path, "begun-don_1"))
    first.kill_group()
    first.wait()
    (tmp_path / "go").touch()
    second, same_name = start()
    assert name == same_name == "local-0"
    until(lambda: _left(tmp_path, "ended-don_1") == [f"ended-don_1.{second.pid}"])


@sqlite_only
def test_a_neighbour_takes_over_from_the_dead(
    start: Start, database: Database, database_url: str, settings: Settings, tmp_path: Path
) -> None:
    first, _ = start()
    _enqueue(database, database_url, "don_1")
    until(lambda: _left(tmp_path, "begun-don_1"))
    second, name = start()
    assert name == "local-1"
    assert runtime.adopt(settings) == 0, "nobody is dead yet"
    first.kill_group()
    first.wait()
    (tmp_path / "go").touch()
    assert runtime.adopt(settings) == 1
    until(lambda: _left(tmp_path, "ended-don_1") == [f"ended-don_1.{second.pid}"])


@postgresql_only
def test_taking_over_by_hand(start: Start, database: Database, database_url: str, tmp_path: Path) -> None:
    first, name = start()
    _enqueue(database, database_url, "don_1")
    until(lambda: _left(tmp_path, "begun-don_1"))
    first.kill_group()
    first.wait()
    with queue_client(database_url) as client:
        assert take_over(client, ["another-0"]) == 0
        assert take_over(client, [name]) == 1
        assert take_over(client, [name]) == 0, "it is in the queue again"


@sqlite_only
def test_ends_at_once_when_idle(start: Start) -> None:
    process, _ = start()
    process.send_signal(signal.SIGTERM)
    assert process.wait(8) == 0


@postgresql_only
def test_what_goes_by_the_clock_runs_once_over_two_executors(start: Start, tmp_path: Path) -> None:
    start("--clock")
    start("--clock")
    until(lambda: len(_left(tmp_path, "swept-*")) > 4, timeout=30)
    times = [name.rpartition(".")[0] for name in _left(tmp_path, "swept-*")]
    assert len(times) == len(set(times))
