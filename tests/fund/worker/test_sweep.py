from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.db.session import Database
from fund.mail.models import Delivery, MailBody
from fund.payments.models import ProcessorEvent
from fund.web.services import Services
from fund.work.arm_drain import arm_drain
from fund.work.dbos_queue import DbosQueue
from fund.worker.sweep import sweep
from fund.worker.system_tables import queue_client
from tests.factories.events import NOON, store_events
from tests.fakes.queue import FakeQueue


@pytest.fixture
def durable(services: Services) -> Services:
    return replace(services, queue=DbosQueue(services.settings.database_url))


@pytest.fixture
def waiting(durable: Services) -> Callable[[], list[str]]:
    def names() -> list[str]:
        with queue_client(durable.settings.database_url) as client:
            return sorted(one.name for one in client.list_queued_workflows())

    return names


def _store_event(services: Services) -> None:
    """With its wake-up lost: the drain that it armed was called off before it began."""
    store_events(services.database, FakeQueue(), "evt_1")


def _store_delivery(database: Database, **values: object) -> None:
    with database.write() as session:
        body = MailBody(message="receipt", locale="en", subject="S", text="T", html="<p>T</p>", created_at=NOON)
        session.add(body)
        session.flush()
        settled = {"state": "queued", "created_at": NOON, "due_at": NOON, **values}
        session.add(
            Delivery(key="receipt:1", body_id=body.id, address="dora@example.org", address_index="0" * 64, **settled)
        )


def test_nothing_due_wakes_nobody(durable: Services, waiting: Callable[[], list[str]]) -> None:
    sweep(durable, NOON)
    assert waiting() == []


def test_what_was_left_lying_gets_one_drain(durable: Services, waiting: Callable[[], list[str]]) -> None:
    _store_event(durable)
    _store_delivery(durable.database)
    assert waiting() == []
    sweep(durable, NOON)
    sweep(durable, NOON)
    assert waiting() == ["drain_events", "drain_mail"]


def test_one_that_is_on_its_way_is_enough(durable: Services, waiting: Callable[[], list[str]]) -> None:
    _store_event(durable)
    with durable.database.write() as session:
        arm_drain(session, durable.queue, "mail")
    sweep(durable, NOON)
    assert waiting() == ["drain_events", "drain_mail"]


def test_what_waits_for_its_time_waits(durable: Services, waiting: Callable[[], list[str]]) -> None:
    _store_event(durable)
    with durable.database.write() as session:
        event = session.scalars(select(ProcessorEvent)).one()
        event.state, event.due_at = "failed", NOON + timedelta(minutes=5)
    sweep(durable, NOON)
    assert waiting() == []
    sweep(durable, NOON + timedelta(minutes=5))
    assert waiting() == ["drain_events"]


@pytest.mark.parametrize(("minutes", "state"), [(14, "sending"), (16, "unsure")])
def test_mail_in_flight_when_its_process_died_is_never_sent_again(
    durable: Services, waiting: Callable[[], list[str]], minutes: int, state: str
) -> None:
    _store_delivery(durable.database, state="sending", claimed_at=NOON - timedelta(minutes=minutes))
    sweep(durable, NOON)
    with durable.database.read() as session:
        assert session.scalars(select(Delivery.state)).one() == state
    assert waiting() == []
