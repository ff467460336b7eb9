"""The hard cases of delivery, by number: what Stripe sends twice, late, out of order, or about somebody else."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from fund.payments.gateway import CheckoutRequest
from fund.payments.session_params import session_params
from tests.contract.sandbox_client import new_session, stripe_client
from tests.factories.stripe_events import event_body, sign
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import WEBHOOK_SECRET, Installation
from tests.fixtures.relay import Relay
from tests.fixtures.threads import at_once

HOUR = timedelta(hours=1)
SITE = "127.0.0.1:8000"


def deliver(installation: Installation, body: bytes) -> int:
    """An event of our own making, signed as Stripe would."""
    headers = {"Stripe-Signature": sign(body, WEBHOOK_SECRET)}
    return installation.app.test_client().post("/hooks/stripe", data=body, headers=headers).status_code


def deliveries(installation: Installation, mode: str, release: int | None = None) -> None:
    installation.sandbox.post("/_sandbox/delivery", {"mode": mode} if release is None else {"release": release})


@pytest.mark.case(1)
def test_case_01_the_same_event_twice_at_once(installation: Installation, relay: Relay) -> None:
    installation.give()
    deliveries(installation, "duplicate")
    session_id = installation.give("20")
    installation.sandbox.pay(session_id)
    installation.settle_deliveries()
    again = next(one for one in relay.delivered if b"checkout.session.completed" in one.body)
    headers = {"Stripe-Signature": again.signature}
    statuses = at_once(
        8, lambda _n: installation.app.test_client().post("/hooks/stripe", data=again.body, headers=headers).status_code
    )
    assert set(statuses) == {one.status for one in relay.delivered} == {200}
    assert len(relay.delivered) == 8
    assert {name: len(rows) for name, rows in installation.events().items()} == {
        "payment_intent.created": 1,
        "charge.succeeded": 1,
        "payment_intent.succeeded": 1,
        "checkout.session.completed": 1,
    }
    at_once(2, lambda _n: installation.queue.tasks["drain_events"]())
    installation.work()
    installation.prove(raised=2000, gifts=1)


@pytest.mark.case(2)
def test_case_02_different_events_of_one_fact(installation: Installation) -> None:
    session_id = installation.give()
    installation.sandbox.pay(session_id)
    gift_id = installation.gift(session_id).id
    at_once(2, lambda n: installation.queue.tasks["look_at_checkout"](gift_id) if n else installation.work())
    installation.queue.tasks["look_at_checkout"](gift_id)
    installation.work()
    assert (
        "Your gift is in." in installation.app.test_client().get(f"/c/four-labels/thanks?session_id={session_id}").text
    )
    installation.prove(raised=6250, gifts=1)
    assert len(installation.mail_to("charlie@example.net")) == 1


@sqlite_only
@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_events_of_one_gift_in_any_order(installation: Installation, relay: Relay, order: list[int]) -> None:
    deliveries(installation, "drop")
    session_id = installation.give()
    installation.sandbox.pay(session_id)
    events = stripe_client(installation.sandbox).v1.events.list().data
    for number in order:
        assert deliver(installation, json.dumps(events[number].to_dict(), default=str).encode()) == 200
        installation.work()
    installation.prove(raised=6250, gifts=1)


@pytest.mark.case(4)
@sqlite_only
def test_case_04_settled_before_completed(installation: Installation) -> None:
    deliveries(installation, "hold")
    session_id = installation.give("100", email="")
    installation.sandbox.pay(session_id, method="acss_debit", outcome="process")
    held = [event["type"] for event in installation.sandbox.events()]
    assert held[-1] == "checkout.session.completed"
    deliveries(installation, "drop")
    installation.sandbox.pay(session_id, method="acss_debit", outcome="settle")
    succeeded = stripe_client(installation.sandbox).v1.events.list(
        params={"type": "checkout.session.async_payment_succeeded"}
    )
    assert deliver(installation, json.dumps(succeeded.data[0].to_dict(), default=str).encode()) == 200
    installation.work()
    installation.prove(raised=10_000, gifts=1)
    deliveries(installation, "normal")
    installation.work()
    assert installation.gift(session_id).state == "paid"
    assert "checkout.session.completed" in installation.events()
    installation.prove(raised=10_000, gifts=1)


@pytest.fixture
def late_fees(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for methods whose balance transaction comes within the hour."""

    def without_capture_method(request: CheckoutRequest, site: str) -> dict[str, Any]:
        made = session_params(request, site)
        del made["payment_intent_data"]["capture_method"]
        return made

    monkeypatch.setattr("fund.payments.stripe_gateway.session_params", without_capture_method)


@pytest.mark.case(5)
@sqlite_only
@pytest.mark.usefixtures("late_fees")
@pytest.mark.parametrize("updated", ["normal", "drop"])
def test_case_05_fee_that_arrives_late_or_is_never_told(installation: Installation, updated: str) -> None:
    session_id = installation.pay_and_book()
    gift = installation.gift(session_id)
    assert (gift.state, gift.progress) == ("pending", "awaiting_fee")
    assert installation.mail_to("charlie@example.net") == []
    thanks = installation.app.test_client().get(f"/c/four-labels/thanks?session_id={session_id}")
    assert thanks.status_code == 200
    assert "Your gift is in." not in thanks.text
    installation.prove(raised=0, gifts=0)

    deliveries(installation, updated)
    installation.sandbox.advance(3601)
    installation.work()
    assert ("charge.updated" in installation.events()) == (updated == "normal")
    for _ in range(2):
        installation.work_hourly(after=2 * HOUR)
    assert installation.gift(session_id).state == "paid"
    installation.prove(raised=6250, gifts=1)
    assert len(installation.mail_to("charlie@example.net")) == 1


@pytest.mark.case(5)
@sqlite_only
def test_case_05_nothing_was_told_at_all(installation: Installation) -> None:
    deliveries(installation, "drop")
    paid, left = installation.give(), installation.give("20")
    installation.sandbox.pay(paid)
    installation.work_hourly(after=HOUR / 2)
    assert installation.figures()["raised_gross"] == 0
    installation.work_hourly(after=2 * HOUR)
    assert (installation.gift(paid).state, installation.gift(left).state) == ("paid", "pending")
    installation.sandbox.advance(3600)
    installation.work_hourly(after=2 * HOUR)
    assert installation.gift(left).state == "expired"
    installation.prove(raised=6250, gifts=1)


@pytest.mark.case(15)
@sqlite_only
@pytest.mark.parametrize(
    "metadata", [{}, {"site": "other.example.org"}, {"site": "other.example.org", "donation": "?"}]
)
def test_case_15_money_of_another_site(installation: Installation, metadata: dict[str, str]) -> None:
    ours = installation.give()
    named = {name: installation.gift(ours).id if value == "?" else value for name, value in metadata.items()}
    other = new_session(installation.sandbox, metadata=named, payment_intent_data={"metadata": named})
    installation.sandbox.pay(other.id)
    installation.work()
    outcomes = installation.events()["checkout.session.completed"]
    assert outcomes == [("foreign", f"session of another site ({other.id})")]
    assert [gift.state for gift in installation.gifts()] == ["pending"]
    with installation.database.read() as session:
        assert session.scalar(text("SELECT COUNT(*) FROM ledger_entry")) == 0


@pytest.mark.case(17)
@sqlite_only
def test_case_17_sessions_that_we_do_not_know(installation: Installation) -> None:
    assert deliver(installation, event_body("checkout.session.completed", "cs_test_nobody_knows")) == 200
    adopted = installation.give()
    with installation.database.write() as session:
        session.execute(text("UPDATE donation SET checkout_session_id = NULL, checkout_url = NULL"))
    installation.sandbox.pay(adopted)
    metadata = {"site": SITE, "donation": "b7e1ac4c-0000-0000-0000-000000000000"}
    stranger = new_session(installation.sandbox, metadata=metadata)
    assert deliver(installation, event_body("checkout.session.completed", stranger.id)) == 200
    installation.work()
    outcomes = installation.events()["checkout.session.completed"]
    assert ("quarantined", "Stripe knows no such thing") in outcomes
    assert ("quarantined", f"no donation for session {stranger.id}") in outcomes
    assert installation.gift(adopted).state == "paid"
    assert installation.figures()["raised_gross"] == 6250


@pytest.mark.case(20)
def test_case_20_the_database_fails_while_an_event_is_stored(installation: Installation, relay: Relay) -> None:
    session_id = installation.give()
    with installation.database.write() as session:
        session.execute(text("ALTER TABLE processor_event RENAME TO elsewhere"))
    installation.sandbox.pay(session_id)
    installation.settle_deliveries(tries=1)
    assert {one.status for one in relay.delivered} == {500}
    with installation.database.write() as session:
        session.execute(text("ALTER TABLE elsewhere RENAME TO processor_event"))
    installation.sandbox.advance(61)
    installation.work()
    assert {one.status for one in relay.delivered[4:]} == {200}
    installation.prove(raised=6250, gifts=1)


@pytest.mark.case(20)
@sqlite_only
@pytest.mark.parametrize(
    "step", ["apply_found.settle_payment", "apply_found.write_to_donor", "stripe_events.close_event"]
)
def test_case_20_the_worker_dies_between_fetch_and_commit(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    session_id = installation.give()
    installation.sandbox.pay(session_id)
    installation.settle_deliveries()

    def die(*_args: object, **_values: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"fund.worker.{step}", die)
        with pytest.raises(KeyboardInterrupt):
            installation.queue.tasks["drain_events"]()
    assert installation.gift(session_id).state == "pending"
    installation.work()
    installation.prove(raised=6250, gifts=1)
    assert len(installation.mail_to("charlie@example.net")) == 1


def test_a_storm_of_doubled_and_shuffled_events(installation: Installation) -> None:
    sessions = [installation.give(f"{10 + number}", email=f"donor{number}@example.org") for number in range(8)]
    for number, session_id in enumerate(sessions):
        deliveries(installation, ("shuffle", "duplicate")[number % 2])
        installation.sandbox.pay(session_id)
    deliveries(installation, "normal")
    at_once(2, lambda _n: installation.work())
    installation.work()
    assert {state for rows in installation.events().values() for state, _ in rows} == {"applied", "ignored"}
    installation.prove(raised=sum(1000 + 100 * number for number in range(8)), gifts=8)
    assert all(len(installation.mail_to(f"donor{number}@example.org")) == 1 for number in range(8))
