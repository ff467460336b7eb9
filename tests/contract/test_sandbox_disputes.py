"""Disputes and inquiries, and what they do to charges, refunds and the balance."""

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


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    with WebhookSink() as sink, SandboxProcess.start(webhooks=sink.url, secret=SECRET) as process:
        yield process


@pytest.fixture
def sandbox(process: SandboxProcess) -> Iterator[SandboxProcess]:
    process.post("/_sandbox/reset")
    yield process
    wait_until_delivered(process)


def dispute(sandbox: SandboxProcess, charge: str, **how: Any) -> Any:
    made = sandbox.post("/_sandbox/dispute", {"charge": charge, **how})
    return stripe_client(sandbox).v1.disputes.retrieve(made["dispute"])


def told(sandbox: SandboxProcess, start: str = "charge.dispute") -> list[str]:
    return [event["type"].removeprefix("charge.dispute.") for event in sandbox.events() if start in event["type"]]


def moved(found: Any) -> list[tuple[int, int, str]]:
    return [(each.amount, each.fee, each.reporting_category) for each in found.balance_transactions]


@pytest.mark.parametrize(
    ("outcome", "status", "lines", "events"),
    [
        ("open", "needs_response", [(-6250, 1500, "dispute")], ["created", "funds_withdrawn"]),
        (
            "won",
            "won",
            [(-6250, 1500, "dispute"), (6250, 0, "dispute_reversal")],
            ["created", "funds_withdrawn", "updated", "closed", "funds_reinstated"],
        ),
        ("lost", "lost", [(-6250, 1500, "dispute")], ["created", "funds_withdrawn", "closed"]),
        (
            "partial",
            "lost",
            [(-6250, 1500, "dispute"), (3125, 0, "dispute_reversal")],
            ["created", "funds_withdrawn", "closed", "funds_reinstated"],
        ),
        ("inquiry", "warning_needs_response", [], ["created"]),
    ],
)
def test_each_outcome_plays_its_events_and_moves_its_money(
    sandbox: SandboxProcess, outcome: str, status: str, lines: list[Any], events: list[str]
) -> None:
    charge = paid_session(sandbox).payment_intent.latest_charge
    found = dispute(sandbox, charge.id, outcome=outcome)
    assert (found.status, moved(found), told(sandbox)) == (status, lines, events)
    assert found.is_charge_refundable is (outcome == "inquiry")
    client = stripe_client(sandbox)
    assert client.v1.charges.retrieve(charge.id).disputed is True
    by_intent = client.v1.disputes.list(params={"payment_intent": charge.payment_intent}).data
    assert [each.id for each in by_intent] == [found.id]


def test_an_open_dispute_moves_on_and_cannot_be_decided_twice(sandbox: SandboxProcess) -> None:
    charge = paid_session(sandbox).payment_intent.latest_charge.id
    found = dispute(sandbox, charge, amount=2000)
    assert found.amount == 2000
    sandbox.post("/_sandbox/dispute", {"dispute": found.id, "outcome": "won"})
    with pytest.raises(SandboxRefused) as again:
        sandbox.post("/_sandbox/dispute", {"dispute": found.id, "outcome": "lost"})
    assert again.value.status == 409
    second = dispute(sandbox, charge, outcome="lost")
    assert (second.amount, second.status) == (6250, "lost")
    with pytest.raises(SandboxRefused) as nothing_left:
        dispute(sandbox, charge)
    assert nothing_left.value.status == 409


def test_an_inquiry_can_become_a_dispute_or_come_to_nothing(sandbox: SandboxProcess) -> None:
    first = dispute(sandbox, paid_session(sandbox).payment_intent.latest_charge.id, outcome="inquiry")
    sandbox.post("/_sandbox/dispute", {"dispute": first.id, "outcome": "open"})
    client = stripe_client(sandbox)
    grown = client.v1.disputes.retrieve(first.id)
    assert (grown.status, moved(grown)) == ("needs_response", [(-6250, 1500, "dispute")])
    other = dispute(sandbox, paid_session(sandbox).payment_intent.latest_charge.id, outcome="inquiry")
    assert client.v1.disputes.close(other.id).status == "warning_closed"


def test_a_disputed_charge_is_not_refunded_unless_it_is_only_asked_about(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox)
    charge = paid_session(sandbox).payment_intent.latest_charge.id
    dispute(sandbox, charge)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create(params={"charge": charge})
    assert refused.value.code == "charge_disputed"
    asked = paid_session(sandbox).payment_intent.latest_charge.id
    dispute(sandbox, asked, outcome="inquiry")
    assert client.v1.refunds.create(params={"charge": asked}).status == "succeeded"


def test_a_partly_refunded_charge_is_disputed_for_the_rest(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox)
    charge = paid_session(sandbox).payment_intent.latest_charge.id
    client.v1.refunds.create(params={"charge": charge, "amount": 1000})
    assert dispute(sandbox, charge, outcome="won").amount == 5250
    client.v1.refunds.create(params={"charge": charge})
    with pytest.raises(SandboxRefused):
        dispute(sandbox, charge)


@pytest.mark.parametrize(("word", "status"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
def test_evidence_is_kept_then_sent(sandbox: SandboxProcess, word: str, status: str) -> None:
    client = stripe_client(sandbox)
    found = dispute(sandbox, paid_session(sandbox).payment_intent.latest_charge.id)
    kept = client.v1.disputes.update(found.id, params={"evidence": {"receipt": "file_1"}, "submit": False})
    assert (kept.status, kept.evidence_details.has_evidence, kept.evidence["receipt"]) == (
        "needs_response",
        True,
        "file_1",
    )
    sent = client.v1.disputes.update(found.id, params={"evidence": {"uncategorized_text": word}})
    assert (sent.status, sent.evidence_details.submission_count) == (status, 1)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.close(found.id)


def test_the_test_cards_dispute_and_ask_by_themselves(sandbox: SandboxProcess) -> None:
    paid_session(sandbox, card="4000000000000259")
    paid_session(sandbox, card="4000000000001976")
    statuses = [each.status for each in stripe_client(sandbox).v1.disputes.list().data]
    assert statuses == ["warning_needs_response", "needs_response"]


def test_the_deadline_passes_on_the_clock(sandbox: SandboxProcess) -> None:
    found = dispute(sandbox, paid_session(sandbox).payment_intent.latest_charge.id)
    assert found.evidence_details.past_due is False
    sandbox.advance(9 * 86400 + 1)
    assert stripe_client(sandbox).v1.disputes.retrieve(found.id).evidence_details.past_due is True


def test_a_fraud_warning_is_an_event_and_moves_nothing(sandbox: SandboxProcess) -> None:
    charge = paid_session(sandbox).payment_intent.latest_charge.id
    lines = len(stripe_client(sandbox).v1.balance_transactions.list().data)
    sandbox.post("/_sandbox/fraud_warning", {"charge": charge})
    event = stripe_client(sandbox).v1.events.list(params={"type": "radar.*"}).data[0]
    assert (event.data.object["charge"], event.data.object["actionable"]) == (charge, True)
    assert len(stripe_client(sandbox).v1.balance_transactions.list().data) == lines


def test_what_was_never_paid_cannot_be_disputed(sandbox: SandboxProcess) -> None:
    declined = sandbox.pay(new_session(sandbox).id, outcome="decline")
    with pytest.raises(SandboxRefused) as refused:
        dispute(sandbox, declined["charge"])
    assert refused.value.status == 409
    with pytest.raises(SandboxRefused) as unknown:
        dispute(sandbox, "ch_nobody")
    assert unknown.value.status == 404
