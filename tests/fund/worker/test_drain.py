import threading

import pytest
from sqlalchemy import select

from fund.db.session import Database
from fund.work.arm_drain import arm_drain
from fund.work.models import Wake
from fund.worker.drain import drain
from tests.fakes.queue import FakeQueue


def _armed(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(Wake.armed).where(Wake.inbox == "events")).one()


def _arm(database: Database, queue: FakeQueue) -> None:
    with database.write() as session:
        arm_drain(session, queue, "events")


def test_takes_batches_until_there_is_nothing(database: Database, queue: FakeQueue) -> None:
    left = [3, 2, 0]
    drain(database, queue, "events", lambda: left.pop(0), threading.Event())
    assert left == []
    assert queue.enqueued == []


def test_what_is_stored_while_it_looks_arms_the_next_one(database: Database, queue: FakeQueue) -> None:
    _arm(database, queue)
    queue.enqueued.clear()

    def store_while_looking() -> int:
        _arm(database, queue)
        return 0

    drain(database, queue, "events", store_while_looking, threading.Event())
    assert queue.enqueued == [("drain_events", ())]
    assert _armed(database) == 1


def test_hands_over_when_the_process_is_asked_to_end(database: Database, queue: FakeQueue) -> None:
    stopping = threading.Event()
    stopping.set()
    batches: list[int] = []

    def take() -> int:
        batches.append(1)
        return 1

    drain(database, queue, "events", take, stopping)
    assert len(batches) == 1
    assert queue.enqueued == [("drain_events", ())]


def test_hands_over_at_the_end_of_its_shift(
    database: Database, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fund.worker.drain.SHIFT_SECONDS", -1)
    drain(database, queue, "events", lambda: 1, threading.Event())
    assert queue.enqueued == [("drain_events", ())]


def test_hands_over_even_if_somebody_armed_it_meanwhile(database: Database, queue: FakeQueue) -> None:
    stopping = threading.Event()
    stopping.set()

    def take() -> int:
        _arm(database, queue)
        return 1

    drain(database, queue, "events", take, stopping)
    assert queue.enqueued == [("drain_events", ()), ("drain_events", ())]
    assert _armed(database) == 1
