"""What Stripe's API says, made by hand: for tests that are about what we book and not about how it is fetched."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fund.payments.facts import BalanceTransaction, Charge, CheckoutSession, Dispute, Payment, Payout, Refund

SITE = "127.0.0.1"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def txn(name: str, amount: int, *, fee: int = 0, tax: int = 0, hours: int = 0, **more: Any) -> BalanceTransaction:
    """`tax` is a part of `fee`; `hours` after noon."""
    values: dict[str, Any] = {
        "type": "charge", "reporting_category": "charge", "source": None, "currency": "CAD", "raw": {"id": name}
    } | more  # fmt: skip
    return BalanceTransaction(
        id=name, amount=amount, fee=fee, fee_tax=tax, net=amount - fee, created=NOON + hours * HOUR, **values
    )


def charge(transaction: BalanceTransaction | None, *, amount: int = 10_000, **more: Any) -> Charge:
    values: dict[str, Any] = {
        "currency": "CAD",
        "status": "succeeded",
        "livemode": False,
        "metadata": {"site": SITE},
    } | more
    return Charge(
        id="ch_1", amount=amount, payment_intent_id="pi_1", balance_transaction=transaction, created=NOON, **values
    )


def payment(session_id: str, paid: Charge | None, **more: Any) -> Payment:
    """Of a gift made through this Checkout session; `more` are refunds and disputes, or fields of the session."""
    parts = {name: tuple(more.pop(name, ())) for name in ("refunds", "disputes")}
    values: dict[str, Any] = {
        "status": "complete", "payment_status": "paid", "livemode": False, "payment_intent_status": "succeeded",
        "amount_total": 10_000, "currency": "CAD", "metadata": {"site": SITE},
    } | more  # fmt: skip
    checkout = CheckoutSession(id=session_id, payment_intent_id="pi_1", charge=paid, **values)
    return Payment("pi_1", checkout, None, paid, **parts)


def refund(name: str, amount: int, left: BalanceTransaction | None, **more: Any) -> Refund:
    values: dict[str, Any] = {
        "status": "succeeded", "failure_reason": None, "metadata": {}, "failure_balance_transaction": None,
        "currency": "CAD",
    } | more  # fmt: skip
    return Refund(
        id=name, amount=amount, charge_id="ch_1", payment_intent_id="pi_1", created=NOON, balance_transaction=left,
        **values,
    )  # fmt: skip


def dispute(status: str, *moves: BalanceTransaction, amount: int = 10_000, currency: str = "CAD") -> Dispute:
    return Dispute(
        id="dp_1", amount=amount, currency=currency, status=status, reason="fraudulent", charge_id="ch_1",
        payment_intent_id="pi_1", is_charge_refundable=False, due_by=None, created=NOON, balance_transactions=moves,
    )  # fmt: skip


def payout(status: str, sent: BalanceTransaction, back: BalanceTransaction | None = None) -> Payout:
    return Payout(
        id="po_1", amount=-sent.amount, currency="CAD", status=status, automatic=True, reconciliation_status="",
        arrival_date=NOON, created=NOON, failure_code=None, balance_transaction=sent, failure_balance_transaction=back,
    )  # fmt: skip
