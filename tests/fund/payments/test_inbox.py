"""The stored event's way to its end: put off, claimed, closed once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fund.db.session import Database
from fund.kit.errors import Refusal
from fund.payments.close_event import FINAL, claim_event, close_event, close_events, put_off_event
from fund.payments.models import ProcessorEvent
from fund.payments.queries import count_by_state, due_events, kind_and_object, latest_events
from fund.payments.receive_events import receive_events
from tests.factories.events import NOON, make_envelope, store_events
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only


def claimed(database: Database, event_id: str) -> bool:
    with database.write() as session:
        return claim_event(session, event_id) is not None


def test_an_end_is_stated_once(database: Database, queue: FakeQueue) -> None:
    store_events(database, queue, "evt_1", "evt_2")
    with database.write() as session:
        event = claim_event(session, "evt_1")
        assert event is not None
        close_event(event, state="applied", outcome="booked txn_1", now=NOON)
    with database.write() as session:
        close_events(session, ["evt_1", "evt_2"], state="ignored", outcome="of no meaning", now=NOON)
    with database.read() as session:
        ends = {event.id: (event.state, event.outcome) for event in latest_events(session, limit=5)}
        assert due_events(session, limit=5, now=NOON + timedelta(days=9)) == []
        assert count_by_state(session) == {"applied": 1, "ignored": 1}
    assert ends == {"evt_1": ("applied", "booked txn_1"), "evt_2": ("ignored", "of no meaning")}
    assert [claimed(database, event_id) for event_id in ("evt_1", "evt_2", "evt_none")] == [False] * 3


@sqlite_only
def test_an_end_is_one_of_the_stated_ones(database: Database, queue: FakeQueue) -> None:
    store_events(database, queue, "evt_1")
    with database.write() as session, pytest.raises(Refusal) as refused:
        close_event(session.get_one(ProcessorEvent, "evt_1"), state="done", outcome="", now=NOON)
    assert refused.value.status == 500
    assert claimed(database, "evt_1")


@sqlite_only
def test_what_fails_waits_longer_each_time_and_is_left_to_a_person_in_the_end(
    database: Database, queue: FakeQueue
) -> None:
    store_events(database, queue, "evt_1")
    now, waits = NOON, []
    while claimed(database, "evt_1"):
        with database.write() as session:
            event = session.get_one(ProcessorEvent, "evt_1")
            put_off_event(event, reason="Stripe did not answer (x)" * 20, now=now)
            due = event.due_at
            assert len(event.outcome) == 200
        if due is None:
            break
        with database.read() as session:
            assert due_events(session, limit=5, now=due - timedelta(seconds=1)) == []
            assert due_events(session, limit=5, now=due) == ["evt_1"]
        waits.append(due - now)
        now = due
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (20, 40, 80, 160)]
    assert waits == sorted(waits)
    assert max(waits) == timedelta(hours=1)
    assert timedelta(days=1.5) < now - NOON < timedelta(days=3)
    with database.read() as session:
        end = session.get_one(ProcessorEvent, "evt_1")
        assert (end.state, end.state in FINAL, end.attempts) == ("quarantined", True, 60)
        assert end.outcome.startswith("given up: Stripe did not answer")


@sqlite_only
def test_a_claim_sees_what_others_have_done_meanwhile(database: Database, queue: FakeQueue) -> None:
    store_events(database, queue, "evt_1")
    with database.write() as session:
        known = session.get_one(ProcessorEvent, "evt_1")
        close_events(session, ["evt_1"], state="ignored", outcome="of no meaning", now=NOON)
        assert known.state == "stored"
        assert claim_event(session, "evt_1") is None


def test_events_are_kept_once_and_only_those_of_ours_wake_the_worker(database: Database, queue: FakeQueue) -> None:
    ours = [make_envelope("evt_1"), make_envelope("evt_2", "charge.updated")]
    foreign, live = replace(make_envelope("evt_3"), account="acct_1"), replace(make_envelope("evt_4"), livemode=True)
    new, woken = [], []
    for envelopes in ([live], [foreign], ours[:1], ours, [live, foreign, *ours]):
        with database.write() as session:
            new.append(receive_events(session, queue, envelopes=envelopes, livemode=False, now=NOON))
        woken.append(len(queue.enqueued))
    assert (new, woken) == ([1, 1, 1, 1, 0], [0, 0, 1, 1, 1])
    with database.read() as session:
        events = {event.id: event for event in latest_events(session, limit=9)}
        kinds = [kind_and_object(session, event_id) for event_id in ("evt_1", "evt_2")]
    assert {name: (event.state, event.attempts) for name, event in events.items()} == {
        "evt_1": ("stored", 0), "evt_2": ("stored", 0), "evt_3": ("foreign", 0), "evt_4": ("rejected", 0)
    }  # fmt: skip
    assert kinds == [("customer.created", "obj_1"), ("charge.updated", "obj_1")]


@sqlite_only
def test_due_events_come_oldest_first_and_no_more_than_asked(database: Database, queue: FakeQueue) -> None:
    for number, name in enumerate(("evt_b", "evt_a", "evt_c")):
        store_events(database, queue, name, now=NOON + timedelta(seconds=number // 2))
    with database.read() as session:
        assert due_events(session, limit=2, now=NOON) == ["evt_a", "evt_b"]
        newest = latest_events(session, limit=2)
        older = latest_events(session, limit=2, before=(newest[-1].received_at, newest[-1].id))
    assert [event.id for event in newest + older] == ["evt_c", "evt_b", "evt_a"]
