"""Cases 36 and 38: what banks take back and give again, and what goes to our bank or does not arrive there."""

from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from fund.kit.clock import utc_now
from fund.payments.models import PayoutRow
from tests.contract.sandbox_client import stripe_client
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.journeys.forty.acts import (
    DAY,
    charge_of,
    deliver_all,
    deliveries,
    dispute,
    disputes,
    plan,
    prove,
)

FEE = 1500
CAD = "assets:{}:cad"


@sqlite_only
@pytest.mark.case(36)
@pytest.mark.parametrize(
    ("outcome", "refunded", "held", "state"),
    [
        ("won", 1250, 0, "refunded_in_part"),
        ("lost", 6250, 0, "refunded"),
        ("partial", 3750, 0, "refunded_in_part"),
        ("open", 1250, 5000, "disputed"),
        ("inquiry", 1250, 0, "refunded_in_part"),
    ],
)
def test_case_36_dispute_of_a_partly_refunded_gift(
    installation: Installation, outcome: str, refunded: int, held: int, state: str
) -> None:
    session_id = installation.pay_and_book()
    plan(installation, installation.gift(session_id).id, 1250)
    installation.work()
    fees = prove(installation).campaign.fees
    dispute(installation, charge=charge_of(installation, session_id), outcome=outcome)
    figures = prove(installation)
    assert (figures.campaign.refunded, figures.campaign.held) == (refunded, held)
    assert figures.campaign.fees - fees == (0 if outcome == "inquiry" else FEE)
    assert installation.gift(session_id).state == state
    assert len(disputes(installation)) == 1


@sqlite_only
@pytest.mark.case(36)
@pytest.mark.parametrize("outcome", ["won", "lost", "partial"])
def test_case_36_closed_before_created(installation: Installation, outcome: str) -> None:
    session_id = installation.pay_and_book()
    deliveries(installation, "drop")
    dispute(installation, charge=charge_of(installation, session_id), outcome=outcome)
    deliver_all(installation, "charge.dispute.closed")
    figures = prove(installation)
    deliver_all(installation, "charge.dispute.funds_withdrawn", "charge.dispute.created")
    assert prove(installation) == figures
    assert figures.campaign.held == 0
    assert figures.campaign.refunded == {"won": 0, "lost": 6250, "partial": 3125}[outcome]


@sqlite_only
@pytest.mark.case(36)
def test_case_36_open_then_decided(installation: Installation) -> None:
    """An inquiry becomes a dispute, is lost, and the books follow every step."""
    session_id = installation.pay_and_book()
    id_ = dispute(installation, charge=charge_of(installation, session_id), outcome="inquiry")
    assert prove(installation).campaign.held == 0
    dispute(installation, dispute=id_, outcome="open")
    assert prove(installation).campaign.held == 6250
    dispute(installation, dispute=id_, outcome="lost")
    figures = prove(installation)
    assert (figures.campaign.held, figures.campaign.refunded) == (0, 6250)
    assert figures.balance("funds:four-labels") == 0


@sqlite_only
@pytest.mark.case(36)
@pytest.mark.parametrize(("first", "second"), [("won", "lost"), ("lost", "won"), ("lost", "lost"), ("won", "open")])
def test_case_36_second_dispute_on_the_same_charge(installation: Installation, first: str, second: str) -> None:
    session_id = installation.pay_and_book()
    charge = charge_of(installation, session_id)
    dispute(installation, charge=charge, amount=3000, outcome=first)
    dispute(installation, charge=charge, amount=2000, outcome=second)
    figures = prove(installation)
    lost = sum(amount for amount, outcome in ((3000, first), (2000, second)) if outcome == "lost")
    assert (figures.campaign.refunded, figures.campaign.held) == (lost, 2000 if second == "open" else 0)
    assert len(disputes(installation)) == 2


def pay_out(installation: Installation, **values: Any) -> str:
    answer = installation.sandbox.post("/_sandbox/payout", {"currency": "cad", **values})
    installation.work()
    return str(answer["payout"])


def transit(installation: Installation) -> tuple[int, int, int]:
    """At Stripe, on its way, in the bank."""
    figures = prove(installation)
    at_stripe, under_way, bank = (figures.balance(CAD.format(name)) for name in ("stripe", "payout_transit", "bank"))
    return at_stripe, under_way, bank


@sqlite_only
@pytest.mark.case(38)
def test_case_38_payout_of_several_days(installation: Installation) -> None:
    for number, amount in enumerate(("62.50", "100")):
        with time_machine.travel(utc_now() + 3 * number * DAY):
            session_id = installation.give(amount)
        installation.sandbox.pay(session_id)
        installation.sandbox.advance(3 * 86_400)
    installation.work()
    net, _, _ = transit(installation)
    made = pay_out(installation)
    assert transit(installation) == (0, 0, net)
    lines = stripe_client(installation.sandbox).v1.balance_transactions.list(params={"payout": made}).data
    assert len(lines) == 3
    with installation.database.read() as session:
        row = session.get_one(PayoutRow, made)
    assert (row.status, row.amount, row.reconciliation_status) == ("paid", net, "completed")


@sqlite_only
@pytest.mark.case(38)
@pytest.mark.parametrize("outcome", ["failed", "failed_after_paid", "canceled"])
@pytest.mark.parametrize("automatic", [True, False])
def test_case_38_payout_that_does_not_arrive(installation: Installation, outcome: str, automatic: bool) -> None:
    installation.pay_and_book()
    installation.sandbox.advance(3 * 86_400)
    installation.work()
    before = transit(installation)
    pay_out(installation, outcome=outcome, automatic=automatic)
    assert transit(installation) == before == (before[0], 0, 0)


@sqlite_only
@pytest.mark.case(38)
def test_case_38_paid_and_failed_a_week_later(installation: Installation) -> None:
    """Both ends are heard: the bank had it, then it had not."""
    installation.pay_and_book()
    installation.sandbox.advance(3 * 86_400)
    installation.work()
    before = transit(installation)
    deliveries(installation, "hold")
    pay_out(installation, outcome="failed_after_paid")
    deliveries(installation, "drop")
    types = ["payout.created", "payout.paid", "payout.failed"]
    deliver_all(installation, *types, *reversed(types))
    assert transit(installation) == before


@sqlite_only
@pytest.mark.case(38)
def test_case_38_manual_and_negative_payouts(installation: Installation) -> None:
    installation.pay_and_book()
    installation.sandbox.advance(3 * 86_400)
    installation.work()
    net, _, _ = transit(installation)
    pay_out(installation, amount=1000, automatic=False)
    assert transit(installation) == (net - 1000, 0, 1000)
    pay_out(installation, amount=-500, automatic=False)
    assert transit(installation) == (net - 500, 0, 500)
    with installation.database.read() as session:
        assert {row.reconciliation_status for row in session.scalars(select(PayoutRow))} == {"not_applicable"}


@sqlite_only
@pytest.mark.case(38)
@pytest.mark.parametrize("kind", ["stripe_fee", "reserve_hold", "topup", "contribution", "a_type_of_next_year"])
def test_case_38_lines_that_belong_to_no_gift(installation: Installation, kind: str) -> None:
    """Whatever Stripe writes into our account is booked; what nobody knows waits in suspense, with an alert."""
    installation.pay_and_book()
    installation.sandbox.post("/_sandbox/balance_transaction", {"type": kind, "amount": -321, "currency": "cad"})
    installation.queue.tasks["book_missing"]()
    figures = prove(installation)
    account = {"stripe_fee": "exp:stripe_other", "reserve_hold": "assets:reserve:cad"}.get(kind, f"suspense:{kind}")
    assert figures.balance(account) == 321
