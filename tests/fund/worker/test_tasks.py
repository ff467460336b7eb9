import threading

import pytest

from fund.payments.models import ProcessorEvent
from fund.web.services import Services
from fund.work.tasks import QUEUE_OF
from fund.worker import stripe_events
from fund.worker.launch import SCHEDULES
from fund.worker.tasks import EventBatches, make_tasks
from tests.factories.events import store_events


def _store(services: Services, *ids: str) -> None:
    store_events(services.database, services.queue, *ids)


def test_every_named_task_exists_and_every_schedule_names_one(services: Services) -> None:
    tasks = make_tasks(services, threading.Event())
    assert set(tasks) == set(QUEUE_OF)
    assert set(SCHEDULES) <= set(tasks)


def test_the_drain_brings_every_event_to_its_end(services: Services) -> None:
    _store(services, "evt_1", "evt_2", "evt_3")
    make_tasks(services, threading.Event())["drain_events"]()
    with services.database.read() as session:
        states = {session.get_one(ProcessorEvent, id_).state for id_ in ("evt_1", "evt_2", "evt_3")}
    assert states == {"ignored"}


def test_asked_to_end_it_leaves_the_rest_for_the_next(services: Services) -> None:
    _store(services, "evt_1", "evt_2")
    stopping = threading.Event()
    stopping.set()
    assert EventBatches(services, stopping)() == 2
    with services.database.read() as session:
        assert session.get_one(ProcessorEvent, "evt_1").state == "stored"


def test_events_that_stay_due_do_not_keep_it_running(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """If applying one ever neither ended nor put it off, the drain must not spin on it."""
    _store(services, "evt_1")
    monkeypatch.setattr(stripe_events, "apply_events", lambda *_given: None)
    make_tasks(services, threading.Event())["drain_events"]()
    with services.database.read() as session:
        assert session.get_one(ProcessorEvent, "evt_1").state == "stored"
