"""Refunds through the API."""

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
from tests.fixtures.sandbox_process import SandboxProcess


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    with WebhookSink() as sink, SandboxProcess.start(webhooks=sink.url, secret=SECRET) as process:
        yield process


@pytest.fixture
def sandbox(process: SandboxProcess) -> Iterator[SandboxProcess]:
    process.post("/_sandbox/reset")
    yield process
    wait_until_delivered(process)


def refund(sandbox: SandboxProcess, session: Any, **more: Any) -> Any:
    params = {"payment_intent": session.payment_intent.id, **more}
    return stripe_client(sandbox).v1.refunds.create(params=params)


def test_a_partial_refund_takes_its_money_without_a_fee(sandbox: SandboxProcess) -> None:
    session = paid_session(sandbox)
    made = refund(sandbox, session, amount=1000, reason="requested_by_customer", metadata={"batch": "3"})
    client = stripe_client(sandbox)
    transaction = client.v1.balance_transactions.retrieve(made.balance_transaction)
    assert (transaction.type, transaction.amount, transaction.fee) == ("refund", -1000, 0)
    charge = client.v1.charges.retrieve(made.charge, params={"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (1000, False)
    assert [each.id for each in charge.refunds.data] == [made.id]
    told = [event["type"] for event in sandbox.events()][-3:]
    assert told == ["refund.created", "charge.refunded", "refund.updated"]
    assert client.v1.refunds.list(params={"payment_intent": charge.payment_intent}).data[0].metadata["batch"] == "3"


def test_the_sum_of_refunds_never_passes_the_charge(sandbox: SandboxProcess) -> None:
    session = paid_session(sandbox)
    refund(sandbox, session, amount=6000)
    with pytest.raises(
        stripe.InvalidRequestError, match=r"\(300\) is greater than unrefunded amount on charge \(250\)"
    ):
        refund(sandbox, session, amount=300)
    assert refund(sandbox, session).amount == 250
    with pytest.raises(stripe.InvalidRequestError) as refused:
        refund(sandbox, session, amount=1)
    assert refused.value.code == "charge_already_refunded"
    charge = stripe_client(sandbox).v1.charges.retrieve(session.payment_intent.latest_charge.id)
    assert (charge.amount_refunded, charge.refunded) == (6250, True)


def test_what_was_not_paid_cannot_be_refunded(sandbox: SandboxProcess) -> None:
    client = stripe_client(sandbox)
    declined = sandbox.pay(new_session(sandbox).id, outcome="decline", card="4242424242424242")
    for params in ({"payment_intent": declined["payment_intent"]}, {"charge": declined["charge"]}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.refunds.create(params=params)
        assert refused.value.http_status == 400
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        client.v1.refunds.create(params={"charge": "ch_nobody"})
    assert (unknown.value.http_status, unknown.value.code) == (404, "resource_missing")


def test_a_refund_of_a_debit_is_a_payment_refund(sandbox: SandboxProcess) -> None:
    paid = sandbox.pay(new_session(sandbox).id, outcome="settle")
    client = stripe_client(sandbox)
    made = client.v1.refunds.create(params={"charge": paid["charge"], "expand": ["balance_transaction"]})
    assert made.id.startswith("pyr_")
    assert (made.balance_transaction.type, made.balance_transaction.net) == ("payment_refund", -6250)


def test_a_slow_refund_is_pending_for_a_day(sandbox: SandboxProcess) -> None:
    made = refund(sandbox, paid_session(sandbox, card="4000000000007726"))
    assert (made.status, made.pending_reason) == ("pending", "processing")
    sandbox.advance(86401)
    assert stripe_client(sandbox).v1.refunds.retrieve(made.id).status == "succeeded"
    assert sandbox.events()[-1]["type"] == "refund.updated"


def test_a_refund_that_fails_later_brings_the_money_back(sandbox: SandboxProcess) -> None:
    made = refund(sandbox, paid_session(sandbox, card="4000000000005126"), amount=2000)
    assert made.status == "succeeded"
    sandbox.advance(86401)
    client = stripe_client(sandbox)
    failed = client.v1.refunds.retrieve(made.id, params={"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert failed.failure_balance_transaction.net == 2000
    assert client.v1.charges.retrieve(made.charge).amount_refunded == 0
    assert sandbox.events()[-1]["type"] == "refund.failed"


def test_the_balance_is_the_sum_of_its_transactions(sandbox: SandboxProcess) -> None:
    refund(sandbox, paid_session(sandbox), amount=1000)
    paid_session(sandbox, 10000, "sek")
    client = stripe_client(sandbox)
    balance = client.v1.balance.retrieve()
    sums: dict[str, int] = {}
    for each in client.v1.balance_transactions.list().auto_paging_iter():
        sums[each.currency] = sums.get(each.currency, 0) + each.net
    shown = {part.currency: part.amount for part in balance.available}
    for part in balance.pending:
        shown[part.currency] += part.amount
    assert shown == sums == {"cad": 6250 - 211 - 1000, "sek": 10000 - 330}


@pytest.mark.parametrize(("outcome", "status"), [("fail", "failed"), ("cancel", "canceled"), ("succeed", "succeeded")])
def test_a_pending_refund_ends_as_it_is_told(sandbox: SandboxProcess, outcome: str, status: str) -> None:
    made = refund(sandbox, paid_session(sandbox, card="4000000000007726"), amount=2000)
    sandbox.post("/_sandbox/refund", {"refund": made.id, "outcome": outcome})
    client = stripe_client(sandbox)
    ended = client.v1.refunds.retrieve(made.id)
    undone = outcome != "succeed"
    assert (ended.status, bool(getattr(ended, "failure_balance_transaction", None))) == (status, undone)
    assert client.v1.charges.retrieve(made.charge).amount_refunded == (0 if undone else 2000)
    sandbox.advance(86401)
    assert client.v1.refunds.retrieve(made.id).status == status


def test_a_refund_waits_for_money(sandbox: SandboxProcess) -> None:
    session = paid_session(sandbox)
    sandbox.advance(3 * 86400)
    sandbox.post("/_sandbox/payout")
    made = refund(sandbox, session)
    assert (made.status, made.pending_reason, made.balance_transaction) == ("pending", "insufficient_funds", None)
    paid_session(sandbox, 20000)
    sandbox.advance(86401)
    client = stripe_client(sandbox)
    assert (
        client.v1.refunds.retrieve(made.id, params={"expand": ["balance_transaction"]}).balance_transaction.net == -6250
    )
