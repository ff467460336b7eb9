"""Stripe's answers as facts, with the fields that a version, a state or an unexpanded object leaves out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fund.kit.clock import from_unix
from fund.payments.gateway import CheckoutRequest
from fund.payments.read_billing import read_invoice_payment, read_payout, read_subscription, read_subscription_id
from fund.payments.read_stripe import read_balance_transaction, read_charge, read_dispute, read_refund, read_session
from fund.payments.session_params import session_params

Answer = dict[str, Any]
LINE: Answer = {
    "id": "txn_1", "type": "charge", "reporting_category": "charge", "source": "ch_1", "currency": "cad",
    "amount": 10_000, "fee": 340, "net": 9660, "created": 5, "exchange_rate": 1.25,
    "fee_details": [
        {"amount": 300, "type": "stripe_fee"}, {"amount": 15, "type": "tax"}, {"amount": 25, "type": "withheld_tax"}
    ],
}  # fmt: skip
CHARGE: Answer = {
    "id": "ch_1", "amount": 10_000, "currency": "cad", "status": "succeeded", "livemode": False, "created": 5,
    "payment_intent": {"id": "pi_1"}, "metadata": {"site": "here"}, "balance_transaction": LINE,
}  # fmt: skip
SESSION: Answer = {
    "id": "cs_1", "status": "complete", "payment_status": "paid", "amount_total": 10_000, "currency": "cad",
    "livemode": False, "metadata": {"n": 5}, "url": None, "customer": {"id": "cus_1"}, "subscription": "sub_1",
    "payment_intent": {"id": "pi_1", "status": "succeeded", "latest_charge": CHARGE},
}  # fmt: skip
REFUND: Answer = {
    "id": "re_1", "amount": 4000, "currency": "cad", "status": None, "charge": "ch_1", "created": 5,
    "balance_transaction": "txn_2", "metadata": None,
}  # fmt: skip
DISPUTE: Answer = {
    "id": "dp_1", "amount": 4000, "currency": "cad", "status": "lost", "reason": "fraudulent", "created": 5,
    "charge": {"id": "ch_1"}, "is_charge_refundable": True, "evidence_details": {"due_by": 9},
    "balance_transactions": [LINE],
}  # fmt: skip
PAYOUT: Answer = {
    "id": "po_1", "amount": 5000, "currency": "cad", "status": "paid", "automatic": True, "arrival_date": 9,
    "created": 5, "balance_transaction": LINE, "failure_balance_transaction": "txn_9",
    "reconciliation_status": "completed",
}  # fmt: skip
SUBSCRIPTION: Answer = {
    "id": "sub_1", "status": "active", "customer": "cus_1", "currency": "cad", "metadata": {},
    "cancel_at_period_end": False, "ended_at": None,
    "items": {"data": [{"price": {"unit_amount": 2500}, "current_period_end": 7}]},
}  # fmt: skip
INVOICE: Answer = {"parent": {"subscription_details": {"subscription": "sub_1", "metadata": {"site": "here"}}}}
PAID: Answer = {
    "id": "inpay_1", "invoice": "in_1", "status": "paid", "amount_paid": 2500, "currency": "cad",
    "payment": {"payment_intent": "pi_1"},
}  # fmt: skip


def test_a_line_of_account() -> None:
    line = read_balance_transaction(LINE)
    assert (line.amount, line.fee, line.fee_tax, line.net, line.currency) == (10_000, 340, 40, 9660, "CAD")
    assert (line.source, line.created, line.raw["exchange_rate"]) == ("ch_1", from_unix(5), "1.25")
    bare = read_balance_transaction({**LINE, "source": None, "fee_details": None, "exchange_rate": None})
    assert (bare.source, bare.fee_tax, bare.raw["exchange_rate"]) == (None, 0, None)


def test_a_charge_and_its_line() -> None:
    charge = read_charge(CHARGE)
    assert (charge.payment_intent_id, charge.metadata, charge.failure_balance_transaction) == (
        "pi_1", {"site": "here"}, None
    )  # fmt: skip
    assert charge.balance_transaction == read_balance_transaction(LINE)
    for not_there in ("txn_1", None):
        assert read_charge({**CHARGE, "balance_transaction": not_there}).balance_transaction is None


def test_a_session_expanded_or_not() -> None:
    session = read_session(SESSION)
    assert (session.amount_total, session.currency, session.metadata) == (10_000, "CAD", {"n": "5"})
    assert (session.payment_intent_id, session.payment_intent_status) == ("pi_1", "succeeded")
    assert (session.customer_id, session.subscription_id) == ("cus_1", "sub_1")
    assert session.charge == read_charge(CHARGE)
    of_one_id = read_session({**SESSION, "payment_intent": "pi_1", "amount_total": None, "currency": None})
    assert (of_one_id.payment_intent_id, of_one_id.payment_intent_status, of_one_id.charge) == ("pi_1", None, None)
    assert (of_one_id.amount_total, of_one_id.currency) == (0, "")


@pytest.mark.parametrize(
    "payment", [None, {"id": "pi_1", "status": "processing"}, {"id": "pi_1", "latest_charge": "ch"}]
)
def test_a_session_without_a_charge(payment: Answer | None) -> None:
    assert read_session({**SESSION, "payment_intent": payment}).charge is None


def test_a_refund_and_a_dispute() -> None:
    refund = read_refund(REFUND)
    assert (refund.status, refund.charge_id, refund.balance_transaction, refund.metadata) == (
        "pending",
        "ch_1",
        None,
        {},
    )
    assert read_refund({**REFUND, "status": "failed"}).status == "failed"
    dispute = read_dispute(DISPUTE)
    assert (dispute.charge_id, dispute.is_charge_refundable, dispute.due_by) == ("ch_1", True, from_unix(9))
    assert dispute.balance_transactions == (read_balance_transaction(LINE),)
    inquiry = read_dispute({**DISPUTE, "charge": None, "evidence_details": None, "balance_transactions": None})
    assert (inquiry.charge_id, inquiry.due_by, inquiry.balance_transactions) == ("", None, ())


def test_a_payout() -> None:
    payout = read_payout(PAYOUT)
    assert (payout.balance_transaction, payout.failure_balance_transaction) == (read_balance_transaction(LINE), None)
    assert (payout.reconciliation_status, payout.failure_code) == ("completed", None)
    bare = read_payout({**PAYOUT, "balance_transaction": None, "reconciliation_status": None})
    assert (bare.balance_transaction, bare.reconciliation_status) == (None, "")


def test_a_monthly_gift_and_its_payment() -> None:
    gift = read_subscription(SUBSCRIPTION)
    assert (gift.customer_id, gift.amount, gift.current_period_end, gift.ended_at) == (
        "cus_1",
        2500,
        from_unix(7),
        None,
    )
    free = {"data": [{"price": {"unit_amount": None}}]}
    nobodys = read_subscription({**SUBSCRIPTION, "customer": None, "items": free})
    assert (nobodys.customer_id, nobodys.amount, nobodys.current_period_end) == ("", 0, None)
    paid = read_invoice_payment(PAID, INVOICE)
    assert (paid.invoice_id, paid.amount_paid, paid.payment_intent_id, paid.subscription_id, paid.metadata) == (
        "in_1", 2500, "pi_1", "sub_1", {"site": "here"}
    )  # fmt: skip
    open_ = read_invoice_payment({**PAID, "invoice": None, "amount_paid": None, "payment": None}, {"parent": None})
    assert (open_.invoice_id, open_.amount_paid, open_.payment_intent_id, open_.subscription_id) == ("", 0, None, None)
    assert (read_subscription_id(INVOICE), read_subscription_id({})) == ("sub_1", None)


def test_what_a_session_is_made_with() -> None:
    asked = CheckoutRequest(
        donation_id="d1", campaign_slug="four-labels", amount=6250, currency="CAD", title="Four labels", locale="fr",
        customer_email=None, success_url="s", cancel_url="c", expires_at=datetime(2026, 11, 21, tzinfo=UTC),
        idempotency_key="don:d1:checkout:1",
    )  # fmt: skip
    once = session_params(asked, "fund.example.org")
    whose = {"site": "fund.example.org", "donation": "d1", "campaign": "four-labels"}
    (item,) = once["line_items"]
    assert (item["quantity"], item["price_data"]["unit_amount"], item["price_data"]["currency"]) == (1, 6250, "cad")
    assert "recurring" not in item["price_data"]
    assert (once["mode"], once["metadata"], once["payment_intent_data"]["metadata"]) == ("payment", whose, whose)
    assert (once["adaptive_pricing"], "customer_email" in once) == ({"enabled": False}, False)


def test_what_a_monthly_session_is_made_with() -> None:
    asked = CheckoutRequest(
        donation_id="d1", campaign_slug="four-labels", amount=2500, currency="CAD", title="Four labels", locale="en",
        customer_email="charlie@example.net", success_url="s", cancel_url="c",
        expires_at=datetime(2026, 11, 21, tzinfo=UTC), idempotency_key="k", monthly=True, stop_at_target=True,
    )  # fmt: skip
    monthly = session_params(asked, "fund.example.org")
    assert (monthly["mode"], monthly["customer_email"]) == ("subscription", "charlie@example.net")
    assert monthly["line_items"][0]["price_data"]["recurring"] == {"interval": "month"}
    assert monthly["subscription_data"]["metadata"] == monthly["metadata"]
    assert monthly["metadata"]["stop_at_target"] == "1"
    assert "payment_intent_data" not in monthly
