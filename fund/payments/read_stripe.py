"""Stripe's objects as facts: the fields we read, and no other. Takes anything with items, as the library gives it."""

from typing import Any

from fund.kit.clock import from_unix
from fund.payments.facts import BalanceTransaction, Charge, CheckoutSession, Dispute, Refund
from fund.payments.read_fields import field, id_of, metadata, moment, plain

TAX_TYPES = ("tax", "withheld_tax")


def read_session(session: Any) -> CheckoutSession:
    payment = field(session, "payment_intent")
    charge = field(payment, "latest_charge") if not isinstance(payment, str) else None
    return CheckoutSession(
        id=session["id"],
        status=session["status"],
        payment_status=session["payment_status"],
        amount_total=session["amount_total"] or 0,
        currency=str(session["currency"] or "").upper(),
        livemode=session["livemode"],
        metadata=metadata(session),
        payment_intent_id=id_of(payment),
        payment_intent_status=field(payment, "status") if not isinstance(payment, str) else None,
        charge=read_charge(charge) if charge is not None and not isinstance(charge, str) else None,
        url=field(session, "url"),
        subscription_id=id_of(field(session, "subscription")),
        invoice_id=id_of(field(session, "invoice")),
        customer_id=id_of(field(session, "customer")),
    )


def read_charge(charge: Any) -> Charge:
    return Charge(
        id=charge["id"],
        amount=charge["amount"],
        currency=charge["currency"].upper(),
        status=charge["status"],
        livemode=charge["livemode"],
        payment_intent_id=id_of(field(charge, "payment_intent")),
        metadata=metadata(charge),
        balance_transaction=_expanded(charge, "balance_transaction"),
        created=from_unix(charge["created"]),
        failure_balance_transaction=_expanded(charge, "failure_balance_transaction"),
    )


def read_refund(refund: Any) -> Refund:
    return Refund(
        id=refund["id"],
        amount=refund["amount"],
        currency=refund["currency"].upper(),
        status=refund["status"] or "pending",
        failure_reason=field(refund, "failure_reason"),
        charge_id=id_of(field(refund, "charge")),
        payment_intent_id=id_of(field(refund, "payment_intent")),
        metadata=metadata(refund),
        created=from_unix(refund["created"]),
        balance_transaction=_expanded(refund, "balance_transaction"),
        failure_balance_transaction=_expanded(refund, "failure_balance_transaction"),
    )


def read_dispute(dispute: Any) -> Dispute:
    return Dispute(
        id=dispute["id"],
        amount=dispute["amount"],
        currency=dispute["currency"].upper(),
        status=dispute["status"],
        reason=dispute["reason"],
        charge_id=id_of(field(dispute, "charge")) or "",
        payment_intent_id=id_of(field(dispute, "payment_intent")),
        is_charge_refundable=bool(field(dispute, "is_charge_refundable")),
        due_by=moment(field(dispute, "evidence_details"), "due_by"),
        created=from_unix(dispute["created"]),
        balance_transactions=tuple(
            read_balance_transaction(transaction) for transaction in field(dispute, "balance_transactions") or ()
        ),
    )


def read_balance_transaction(transaction: Any) -> BalanceTransaction:
    details = field(transaction, "fee_details") or []
    return BalanceTransaction(
        id=transaction["id"],
        type=transaction["type"],
        reporting_category=transaction["reporting_category"],
        source=id_of(field(transaction, "source")),
        currency=transaction["currency"].upper(),
        amount=transaction["amount"],
        fee=transaction["fee"],
        fee_tax=sum(part["amount"] for part in details if part["type"] in TAX_TYPES),
        net=transaction["net"],
        created=from_unix(transaction["created"]),
        raw=plain(transaction),
    )


def _expanded(thing: Any, name: str) -> BalanceTransaction | None:
    """None while Stripe has not made it, and where it was not asked for."""
    transaction = field(thing, name)
    if transaction is None or isinstance(transaction, str):
        return None
    return read_balance_transaction(transaction)
