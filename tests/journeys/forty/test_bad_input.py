"""Bad input about money that has moved: dates and amounts outside any range, other campaigns, a Stripe in trouble."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from fund.kit.errors import Refusal
from fund.ledger.models import Posting
from fund.payments import stripe_gateway
from fund.payments.gateway import GatewayUnavailableError
from tests.factories.campaigns import make_campaign
from tests.factories.stripe_events import event_body
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.journeys.forty.acts import (
    charge_of,
    deliver,
    deliveries,
    dispute,
    plan,
    prove,
    refund_at_stripe,
    refunds,
    run_task,
)

pytestmark = sqlite_only
TROUBLE = ["500", "429", "reset", "timeout"]


@pytest.mark.parametrize("mode", TROUBLE)
def test_stripe_in_trouble_while_events_are_applied(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """Nothing is booked meanwhile, nothing is lost, and afterwards it is as if nothing had been."""
    monkeypatch.setattr(stripe_gateway, "PATIENT", (0.3, 0.3))
    charge = charge_of(installation, installation.pay_and_book())
    before = prove(installation)
    monkeypatch.setattr(installation.services.gateway, "_worker_client", None)
    deliveries(installation, "hold")
    refund_at_stripe(installation, charge, 1000)
    installation.sandbox.post("/_sandbox/dispute", {"charge": charge, "amount": 2000, "outcome": "lost"})
    installation.sandbox.post("/_sandbox/faults", {"path": "/v1/", "mode": mode, "method": "GET"})
    deliveries(installation, "normal")
    installation.work()
    states = {state for rows in installation.events().values() for state, _ in rows}
    assert "failed" in states
    installation.sandbox.post("/_sandbox/faults", {"mode": "off"})
    installation.work(after=timedelta(hours=1))
    figures = prove(installation)
    assert (before.campaign.refunded, figures.campaign.refunded) == (0, 3000)
    assert {state for rows in installation.events().values() for state, _ in rows} <= {"applied", "ignored"}


@pytest.mark.parametrize("mode", ["commit_then_reset", "reset"])
def test_stripes_answer_about_a_refund_is_lost(installation: Installation, mode: str) -> None:
    gift = installation.gift(installation.pay_and_book())
    fault = {"path": "/v1/refunds", "mode": mode, "method": "POST", "times": 1}
    installation.sandbox.post("/_sandbox/faults", fault)
    plan(installation, gift.id, 2500)
    installation.work()
    figures = prove(installation)
    assert (figures.campaign.refunded, [row.state for row in refunds(installation)]) == (2500, ["succeeded"])


@pytest.mark.parametrize("mode", ["500", "429"])
def test_a_refund_that_stripe_did_not_take_is_asked_for_again(installation: Installation, mode: str) -> None:
    """A 500 stays the answer of its key for a day."""
    gift = installation.gift(installation.pay_and_book())
    installation.sandbox.post("/_sandbox/faults", {"path": "/v1/refunds", "mode": mode, "method": "POST"})
    plan(installation, gift.id, 2500)
    with pytest.raises(GatewayUnavailableError):
        installation.work()
    assert prove(installation).campaign.refunded == 0
    installation.sandbox.post("/_sandbox/faults", {"mode": "off"})
    installation.sandbox.advance(25 * 3600)
    installation.work_hourly(after=timedelta(hours=2))
    figures = prove(installation)
    assert (figures.campaign.refunded, [row.state for row in refunds(installation)]) == (2500, ["succeeded"])


@pytest.mark.parametrize("amount", [-(10**15), -1, 0, 6251, 2**63, 10**30])
def test_a_refund_of_an_impossible_amount(installation: Installation, amount: int) -> None:
    gift = installation.gift(installation.pay_and_book())
    with pytest.raises(Refusal):
        plan(installation, gift.id, amount)
    assert refunds(installation) == []


def test_a_refund_of_what_was_never_paid(installation: Installation) -> None:
    for session_id in (installation.give(), installation.give("20")):
        with pytest.raises(Refusal, match="Only a gift that was paid"):
            plan(installation, installation.gift(session_id).id, 100)
    with pytest.raises(Refusal, match="no such gift"):
        plan(installation, "b7e1ac4c-0000-0000-0000-000000000000", 100)


def test_money_of_another_currency_than_the_campaigns(installation: Installation) -> None:
    """Booked as Stripe settled it, in its own journal, and put before a treasurer."""
    session_id = installation.give()
    with installation.database.write() as session:
        session.execute(text("UPDATE donation SET currency = 'USD'"))
    installation.sandbox.pay(session_id)
    installation.work()
    gift = installation.gift(session_id)
    assert (gift.currency, gift.review, gift.state) == ("CAD", "amount_differs", "paid")
    assert prove(installation).campaign.raised_gross == 6250


def test_a_gift_named_by_another_campaigns_session(installation: Installation) -> None:
    """Metadata that names a gift which has a session already adopts nothing."""
    make_campaign(installation.database, slug="other")
    ours, other = installation.give(), installation.give("30", slug="other")
    installation.sandbox.pay(other)
    installation.work()
    assert (installation.gift(ours).state, installation.gift(other).state) == ("pending", "paid")
    assert prove(installation).campaign.raised_gross == 0


def test_a_dispute_whose_days_are_outside_any_range(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = installation.pay_and_book()
    fetch = installation.services.gateway.fetch_payment

    def without_a_day(payment_intent_id: str) -> object:
        found = fetch(payment_intent_id)
        assert found is not None
        return replace(found, disputes=tuple(replace(each, due_by=None) for each in found.disputes))

    monkeypatch.setattr(installation.services.gateway, "fetch_payment", without_a_day)
    dispute(installation, charge=charge_of(installation, session_id))
    assert prove(installation).campaign.held == 6250


EVENTS: dict[str, Callable[[], bytes]] = {
    "of the last second that a clock knows": lambda: event_body("charge.refunded", "ch_x", created=253_402_300_799),
    "of the first second": lambda: event_body("charge.refunded", "ch_x", created=0),
    "about nothing that Stripe knows": lambda: event_body("charge.dispute.closed", "dp_nothing"),
    "about a payout of nobody": lambda: event_body("payout.paid", "po_nothing"),
    "about an invoice of nobody": lambda: event_body("invoice.paid", "in_nothing"),
    "about a subscription of nobody": lambda: event_body("customer.subscription.deleted", "sub_nothing"),
    "about an id of 250 letters": lambda: event_body("refund.updated", "re_" + "x" * 247),
}


@pytest.mark.parametrize("body", EVENTS.values(), ids=EVENTS.keys())
def test_signed_events_that_lead_nowhere(installation: Installation, body: Callable[[], bytes]) -> None:
    installation.sandbox.delete("/_sandbox/log")
    sent = body()
    assert deliver(installation, sent) == 200
    installation.work()
    ((state, _),) = installation.events()[json.loads(sent)["type"]]
    assert state in ("quarantined", "applied", "ignored", "failed")
    with installation.database.read() as session:
        assert list(session.scalars(select(Posting.id))) == []
    run_task(installation, "look_for_missing_money")
