"""One executor in this process, on both databases."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from config import Settings, load_settings
from fund.db.session import Database
from fund.payments.models import ProcessorEvent
from fund.payments.queries import due_events
from fund.work.dbos_queue import DbosQueue
from fund.worker import runtime
from fund.worker.drain import drain
from fund.worker.system_tables import queue_client
from tests.factories.events import NOON, store_events
from tests.fixtures.services import settings_environ
from tests.fixtures.until import until

Start = Callable[..., DbosQueue]


@pytest.fixture
def start(settings: Settings) -> Iterator[Start]:

    def started(**tasks: Callable[..., None]) -> DbosQueue:
        runtime.start(settings, tasks, {})
        return DbosQueue(settings.database_url)

    yield started
    runtime.stop()


def _enqueue(database: Database, queue: DbosQueue, task: str, *ids: str) -> None:
    with database.write() as session:
        queue.enqueue(session, task, *ids)


def _statuses(database_url: str) -> list[str]:
    with queue_client(database_url) as client:
        return [workflow.status for workflow in client.list_workflows()]


def test_what_is_committed_runs_once(start: Start, database: Database, database_url: str) -> None:
    ran: list[Any] = []
    queue = start(look_at_checkout=ran.append)
    with database.write() as session:
        queue.enqueue(session, "look_at_checkout", "don_1")
        assert ran == []
    until(lambda: _statuses(database_url) == ["SUCCESS"])
    assert ran == ["don_1"]


def test_a_thousand_events_from_eight_threads(start: Start, database: Database) -> None:
    """None is left, and never do two drains run at once."""
    running = threading.Semaphore(1)
    overlaps: list[str] = []

    def take() -> int:
        with database.write() as session:
            due = due_events(session, limit=50, now=NOON)
            session.execute(update(ProcessorEvent).where(ProcessorEvent.id.in_(due)).values(state="applied"))
        return len(due)

    def drain_events() -> None:
        if not running.acquire(blocking=False):
            overlaps.append("two drains")
        drain(database, queue, "events", take, threading.Event())
        running.release()

    queue = start(drain_events=drain_events)
    threads = [threading.Thread(target=_store, args=(database, queue, first)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: _states(database) == ["applied"] * 1000, timeout=30)
    assert overlaps == []


def _states(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(ProcessorEvent.state)))


def _store(database: Database, queue: DbosQueue, first: int) -> None:
    for number in range(first, 1000, 8):
        store_events(database, queue, f"evt_{number}")


def test_stopping_waits_for_what_runs(start: Start, database: Database, database_url: str) -> None:
    begun, ended = threading.Event(), threading.Event()

    def slow(_donation_id: str) -> None:
        begun.set()
        threading.Event().wait(1.5)
        ended.set()

    queue = start(look_at_checkout=slow)
    with database.write() as session:
        queue.enqueue(session, "look_at_checkout", "don_1")
    assert begun.wait(10)
    runtime.stop()
    assert ended.is_set()
    assert _statuses(database_url) == ["SUCCESS"]


def test_a_machine_that_is_gone_for_good_does_not_keep_a_queue_closed(
    start: Start, database: Database, database_url: str
) -> None:
    """Its drain holds the only place in the queue until the time it was allowed is over."""
    ran = threading.Event()
    _enqueue(database, DbosQueue(database_url), "drain_events")
    schema = "" if database_url.startswith("sqlite") else "dbos."
    with database.write() as session:
        session.execute(
            text(
                f"UPDATE {schema}workflow_status SET status = 'PENDING', executor_id = 'gone-0', "  # noqa: S608
                "workflow_deadline_epoch_ms = :deadline"
            ),
            {"deadline": int(time.time() * 1000) + 2000},
        )
    queue = start(drain_events=ran.set)
    _enqueue(database, queue, "drain_events")
    until(lambda: sorted(_statuses(database_url)) == ["CANCELLED", "SUCCESS"], timeout=20)
    assert ran.is_set()


def test_a_failure_is_kept_by_name_alone(start: Start, database: Database, database_url: str) -> None:
    """Whatever a task raises may quote a donor; DBOS writes down what it is given."""

    def fail(_donation_id: str) -> None:
        raise LookupError("no such donor: dora@example.org")

    queue = start(look_at_checkout=fail)
    with database.write() as session:
        queue.enqueue(session, "look_at_checkout", "don_1")
    until(lambda: _statuses(database_url) == ["ERROR"])
    schema = "" if database_url.startswith("sqlite") else "dbos."
    with database.read() as session:
        kept = [
            session.execute(text(f"SELECT * FROM {schema}{table}")).all()  # noqa: S608  no outside value
            for table in ("workflow_status", "workflow_input", "workflow_output", "operation_outputs")
        ]
    assert "look_at_checkout" in str(kept)
    assert "dora" not in str(kept)


def test_a_start_without_the_queues_tables_says_so_and_gives_its_slot_back(
    empty_database_url: str, tmp_path: Path
) -> None:
    settings = load_settings(settings_environ(empty_database_url, tmp_path))
    for _attempt in range(2):
        with pytest.raises(runtime.NotMigratedError, match="flask migrate"):
            runtime.start(settings, {}, {})
        assert runtime.executor_id() == ""
    assert [path.name for path in runtime.executors_folder(settings).iterdir()] == ["local-0.lock"]
