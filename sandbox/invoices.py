"""Invoices and their payments: the objects. Who pays them and when is billing.py."""

from dataclasses import dataclass

from sandbox import invoice_shape
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.state import Sandbox

INVOICE, INVOICE_PAYMENT = "invoice", "invoice_payment"


@dataclass(frozen=True)
class Occasion:
    """Why an invoice is made, for what period, and whether a credit pays all of it."""

    reason: str
    start: int
    end: int
    free: bool = False


def create_invoice(sandbox: Sandbox, customer: Obj, lines: list[Obj], occasion: Occasion, subscription: Obj) -> Obj:
    """Make an open invoice; what is due is the sum of its lines, or nothing. Tells nobody yet."""
    identifier = new_id("in_1")
    for line in lines:
        line["invoice"] = identifier
    invoice = invoice_shape.invoice(sandbox, identifier, customer, lines)
    invoice.update(billing_reason=occasion.reason, period_start=occasion.start, period_end=occasion.end)
    if occasion.free:
        invoice.update(amount_due=0, amount_remaining=0, starting_balance=-invoice["total"])
    if subscription:
        details = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
        parent = {"quote_details": None, "subscription_details": details, "type": "subscription_details"}
        invoice["parent"] = parent
    return sandbox.table(INVOICE).add(invoice)


def tell_new(sandbox: Sandbox, invoice: Obj) -> None:
    """Say that it was made and made final, which the sandbox does at once."""
    draft = {**invoice, "status": "draft", "number": None, "hosted_invoice_url": None, "effective_at": None}
    draft["status_transitions"] = {**invoice["status_transitions"], "finalized_at": None}
    emit(sandbox, "invoice.created", draft)
    emit(sandbox, "invoice.finalized", invoice)


def add_payment(sandbox: Sandbox, invoice: Obj, intent: Obj) -> Obj:
    """Tie an intent to an invoice; one that is paid in parts has several."""
    return sandbox.table(INVOICE_PAYMENT).add(
        {
            "id": new_id("inpay_1"),
            "object": INVOICE_PAYMENT,
            "amount_paid": None,
            "amount_requested": intent["amount"],
            "created": sandbox.now(),
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": not payments_of(sandbox, invoice["id"]),
            "livemode": False,
            "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        }
    )


def payments_of(sandbox: Sandbox, invoice_id: str) -> list[Obj]:
    """Return the payments of an invoice, oldest first."""
    rows = sandbox.table(INVOICE_PAYMENT).newest_first()
    return [each for each in rows if each["invoice"] == invoice_id][::-1]


def mark_payment_paid(sandbox: Sandbox, invoice: Obj, payment: Obj) -> None:
    """Count one payment; tells nobody yet."""
    payment.update(amount_paid=payment["amount_requested"], status="paid")
    payment["status_transitions"]["paid_at"] = sandbox.now()
    invoice["amount_paid"] += payment["amount_paid"]
    invoice["amount_remaining"] -= payment["amount_paid"]


def mark_paid(sandbox: Sandbox, invoice: Obj) -> None:
    """Close a paid invoice and say so, then each of its payments."""
    invoice.update(status="paid", attempted=True, auto_advance=False, next_payment_attempt=None, ending_balance=0)
    invoice["status_transitions"]["paid_at"] = sandbox.now()
    emit(sandbox, "invoice.paid", invoice)
    emit(sandbox, "invoice.payment_succeeded", invoice)
    for each in payments_of(sandbox, invoice["id"]):
        emit(sandbox, "invoice_payment.paid", each)
