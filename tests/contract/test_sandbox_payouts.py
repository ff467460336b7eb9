"""Payouts, odd lines and settlement in another currency: the balance always is the sum of its transactions."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.contract.sandbox_client import (
    SECRET,
    WebhookSink,
    new_session,
    paid_session,
    stripe_client,
    wait_until_delivered,
)
from tests.fixtures.sandbox_process import SandboxProcess, SandboxRefused

THREE_DAYS = 3 * 86400


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    with WebhookSink() as sink, SandboxProcess.start(webhooks=sink.url, secret=SECRET) as process:
        yield process


@pytest.fixture
def sandbox(process: SandboxProcess) -> Iterator[SandboxProcess]:
    process.post("/_sandbox/reset")
    yield process
    wait_until_delivered(process)


def lines(sandbox: SandboxProcess, **params: Any) -> list[Any]:
    listed = stripe_client(sandbox).v1.balance_transactions.list(params={"limit": 100, **params})
    return [*listed.auto_paging_iter()]


def play(sandbox: SandboxProcess, **how: Any) -> Any:
    made = sandbox.post("/_sandbox/payout", how)
    return stripe_client(sandbox).v1.payouts.retrieve(made["payout"])


def told(sandbox: SandboxProcess) -> list[str]:
    return [event["type"].removeprefix("payout.") for event in sandbox.events() if "payout." in event["type"]]


@pytest.mark.parametrize(
    ("outcome", "status", "events", "left"),
    [
        ("paid", "paid", ["created", "updated", "paid", "reconciliation_completed"], 0),
        ("failed", "failed", ["created", "updated", "failed", "reconciliation_completed"], 6039),
        (
            "failed_after_paid",
            "failed",
            ["created", "updated", "paid", "reconciliation_completed", "failed"],
            6039,
        ),
        ("canceled", "canceled", ["created", "canceled", "reconciliation_completed"], 6039),
    ],
)
def test_each_outcome_plays_its_events(
    sandbox: SandboxProcess, outcome: str, status: str, events: list[str], left: int
) -> None:
    paid_session(sandbox)
    sandbox.advance(THREE_DAYS)
    found = play(sandbox, outcome=outcome)
    assert (found.amount, found.status, told(sandbox)) == (6039, status, events)
    assert stripe_client(sandbox).v1.balance.retrieve().available[0].amount == left
    assert bool(found.failure_balance_transaction) is (outcome != "paid")


def test_an_automatic_payout_lists_what_it_is_made_of(sandbox: SandboxProcess) -> None:
    session = paid_session(sandbox)
    stripe_client(sandbox).v1.refunds.create(params={"payment_intent": session.payment_intent.id, "amount": 1000})
    sandbox.advance(THREE_DAYS)
    paid_session(sandbox, 9900)
    first = play(sandbox)
    parts = lines(sandbox, payout=first.id)
    assert sorted(each.type for each in parts) == ["charge", "payout", "refund"]
    assert sum(each.net for each in parts if each.type != "payout") == first.amount == 5039
    sandbox.advance(THREE_DAYS)
    assert [each.amount for each in lines(sandbox, payout=play(sandbox).id)] == [-9583, 9900]


def test_money_of_a_failed_payout_is_in_the_next(sandbox: SandboxProcess) -> None:
    paid_session(sandbox)
    sandbox.advance(THREE_DAYS)
    play(sandbox, outcome="failed_after_paid")
    following = play(sandbox)
    assert [each.type for each in lines(sandbox, payout=following.id)] == ["payout", "payout_failure"]


def test_a_manual_payout_cannot_be_itemised(sandbox: SandboxProcess) -> None:
    paid_session(sandbox)
    client = stripe_client(sandbox)
    with pytest.raises(stripe.InvalidRequestError) as too_early:
        client.v1.payouts.create(params={"amount": 2000, "currency": "cad"})
    assert too_early.value.code == "balance_insufficient"
    sandbox.advance(THREE_DAYS)
    made = client.v1.payouts.create(params={"amount": 2000, "currency": "cad"})
    assert (made.status, made.automatic, made.reconciliation_status) == ("pending", False, "not_applicable")
    with pytest.raises(stripe.InvalidRequestError, match="automatic transfers, not manual"):
        lines(sandbox, payout=made.id)
    sandbox.advance(86401)
    assert client.v1.payouts.list(params={"status": "paid"}).data[0].id == made.id
    rest = play(sandbox)
    assert (rest.amount, sum(each.net for each in lines(sandbox, payout=rest.id) if each.source != rest.id)) == (
        4039,
        4039,
    )


def test_with_nothing_available_there_is_no_payout(sandbox: SandboxProcess) -> None:
    paid_session(sandbox)
    with pytest.raises(SandboxRefused) as refused:
        play(sandbox)
    assert refused.value.status == 409
    sandbox.advance(THREE_DAYS)
    with pytest.raises(SandboxRefused):
        play(sandbox, amount=6040)


def test_a_negative_payout_collects_from_the_bank(sandbox: SandboxProcess) -> None:
    charge = paid_session(sandbox).payment_intent.latest_charge.id
    sandbox.advance(THREE_DAYS)
    play(sandbox)
    sandbox.post("/_sandbox/dispute", {"charge": charge, "outcome": "lost"})
    collected = play(sandbox)
    assert (collected.amount, collected.status) == (-7750, "paid")
    line = stripe_client(sandbox).v1.balance_transactions.retrieve(collected.balance_transaction)
    assert (line.type, line.net) == ("payout", 7750)
    assert stripe_client(sandbox).v1.balance.retrieve().available[0].amount == 0
    assert line.id not in [(each.get("response_json") or {}).get("id") for each in sandbox.log()]


def test_money_that_becomes_available_is_told_once_a_moment(sandbox: SandboxProcess) -> None:
    paid_session(sandbox)
    sandbox.advance(THREE_DAYS)
    events = stripe_client(sandbox).v1.events.list(params={"type": "balance.available"}).data
    assert [event.data.object.available[0].amount for event in events] == [6039]


@pytest.mark.parametrize(
    ("kind", "category"),
    [
        ("stripe_fee", "fee"),
        ("reserve_hold", "risk_reserved_funds"),
        ("topup", "topup"),
        ("adjustment", "odd"),
        ("of_next_year", "of_next_year"),
    ],
)
def test_any_line_can_be_booked(sandbox: SandboxProcess, kind: str, category: str) -> None:
    more = {"reporting_category": "odd"} if kind == "adjustment" else {}
    made = sandbox.post("/_sandbox/balance_transaction", {"type": kind, "amount": -123, "currency": "sek", **more})
    found = stripe_client(sandbox).v1.balance_transactions.retrieve(made["id"])
    assert (found.type, found.net, found.currency, found.reporting_category) == (kind, -123, "sek", category)


def test_a_payment_settles_converted_and_goes_back_at_another_rate(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox)
    sandbox.post("/_sandbox/settle_in", {"currency": "eur", "into": "cad", "rate": "1.4700"})
    session = paid_session(sandbox, 10000, "eur")
    booked = session.payment_intent.latest_charge.balance_transaction
    assert (booked.amount, booked.currency, booked.exchange_rate, booked.fee) == (14700, "cad", 1.47, 456)
    sandbox.post("/_sandbox/settle_in", {"currency": "eur", "into": "cad", "rate": "1.5"})
    params = {"payment_intent": session.payment_intent.id, "amount": 5000, "expand": ["balance_transaction"]}
    back = client.v1.refunds.create(params=params)
    assert (back.amount, back.currency, back.balance_transaction.amount) == (5000, "eur", -7500)
    charge = session.payment_intent.latest_charge.id
    won = sandbox.post("/_sandbox/dispute", {"charge": charge})["dispute"]
    sandbox.post("/_sandbox/settle_in", {"currency": "eur", "into": "off"})
    sandbox.post("/_sandbox/dispute", {"dispute": won, "outcome": "won"})
    amounts = [each.amount for each in client.v1.disputes.retrieve(won).balance_transactions]
    assert amounts == [-7500, 7350]
    assert paid_session(sandbox, 500, "eur").payment_intent.latest_charge.balance_transaction.exchange_rate is None
    assert {part.currency for part in client.v1.balance.retrieve().pending} == {"cad", "eur"}


def test_a_debit_that_fails_after_it_settled_takes_its_money_back(sandbox: SandboxProcess) -> None:
    session = new_session(sandbox)
    sandbox.pay(session.id, outcome="settle")
    failed = sandbox.pay(session.id, method="acss_debit", outcome="fail")
    assert (failed["charge_status"], failed["payment_status"]) == ("failed", "paid")
    client = stripe_client(sandbox)
    charge = client.v1.charges.retrieve(failed["charge"], params={"expand": ["failure_balance_transaction"]})
    back = charge.failure_balance_transaction
    assert (back.type, back.net, charge.paid) == ("payment_failure_refund", -6250, False)
    assert client.v1.payment_intents.retrieve(failed["payment_intent"]).status == "requires_payment_method"
    assert [event["type"] for event in sandbox.events()][-2:] == ["charge.failed", "payment_intent.payment_failed"]
    with pytest.raises(SandboxRefused):
        sandbox.pay(session.id, method="acss_debit", outcome="fail")
