"""Stripe's payouts, subscriptions and invoice payments as facts."""

from typing import Any

from fund.kit.clock import from_unix
from fund.payments.facts import BalanceTransaction, InvoicePayment, Payout, Subscription
from fund.payments.read_fields import field, id_of, metadata, moment
from fund.payments.read_stripe import read_balance_transaction


def read_payout(payout: Any) -> Payout:
    def expanded(name: str) -> BalanceTransaction | None:
        transaction = field(payout, name)
        return None if transaction is None or isinstance(transaction, str) else read_balance_transaction(transaction)

    return Payout(
        id=payout["id"],
        amount=payout["amount"],
        currency=payout["currency"].upper(),
        status=payout["status"],
        automatic=payout["automatic"],
        reconciliation_status=field(payout, "reconciliation_status") or "",
        arrival_date=from_unix(payout["arrival_date"]),
        created=from_unix(payout["created"]),
        failure_code=field(payout, "failure_code"),
        balance_transaction=expanded("balance_transaction"),
        failure_balance_transaction=expanded("failure_balance_transaction"),
    )


def read_subscription(subscription: Any) -> Subscription:
    """Period and price stand on its one item since 2025-03-31."""
    item = subscription["items"]["data"][0]
    return Subscription(
        id=subscription["id"],
        status=subscription["status"],
        customer_id=id_of(subscription["customer"]) or "",
        amount=field(item["price"], "unit_amount") or 0,
        currency=subscription["currency"].upper(),
        metadata=metadata(subscription),
        cancel_at_period_end=bool(subscription["cancel_at_period_end"]),
        current_period_end=moment(item, "current_period_end"),
        ended_at=moment(subscription, "ended_at"),
    )


def read_invoice_payment(paid: Any, invoice: Any) -> InvoicePayment:
    """`invoice` is the expanded one: it says which subscription, and what its metadata was."""
    details = _subscription_details(invoice)
    return InvoicePayment(
        id=paid["id"],
        invoice_id=id_of(field(paid, "invoice")) or "",
        status=paid["status"],
        amount_paid=field(paid, "amount_paid") or 0,
        currency=paid["currency"].upper(),
        payment_intent_id=id_of(field(field(paid, "payment"), "payment_intent")),
        subscription_id=id_of(field(details, "subscription")),
        metadata=metadata(details),
    )


def read_subscription_id(invoice: Any) -> str | None:
    return id_of(field(_subscription_details(invoice), "subscription"))


def _subscription_details(invoice: Any) -> Any:
    """Where an invoice says what it is for since 2025-03-31."""
    return field(field(invoice, "parent"), "subscription_details")
