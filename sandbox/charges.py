"""Charges: one attempt to take money each."""

import copy

from sandbox.cards import Card, message_of
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.payment_methods import details_for_charge
from sandbox.state import Sandbox

CHARGE = "charge"
PENDING_MESSAGE = "Payment pending."


# What no charge sets here, or every one starts with.
SAME_FOR_ALL: Obj = {
    "amount_refunded": 0,
    "application": None,
    "application_fee": None,
    "application_fee_amount": None,
    "balance_transaction": None,
    "disputed": False,
    "failure_balance_transaction": None,
    "failure_code": None,
    "failure_message": None,
    "fraud_details": {},
    "livemode": False,
    "on_behalf_of": None,
    "radar_options": {},
    "receipt_number": None,
    "refunded": False,
    "review": None,
    "shipping": None,
    "source": None,
    "source_transfer": None,
    "transfer_data": None,
}


def create_charge(sandbox: Sandbox, intent: Obj, method: Obj, card: Card | None, status: str) -> Obj:
    """Make a charge in a state (`succeeded`, `pending`, `failed`); its money is booked elsewhere."""
    failed = status == "failed"
    identifier = new_id("ch_3" if card else "py_3")
    charge: Obj = {
        **copy.deepcopy(SAME_FOR_ALL),
        "id": identifier,
        "object": CHARGE,
        "amount": intent["amount"],
        "amount_captured": 0 if failed else intent["amount"],
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": _descriptor(intent),
        "captured": not failed,
        "created": sandbox.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "metadata": dict(intent["metadata"]),
        "outcome": _outcome("Payment complete." if status == "succeeded" else PENDING_MESSAGE),
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": details_for_charge(card),
        "receipt_email": intent["receipt_email"],
        "receipt_url": f"{sandbox.base_url}/receipts/{identifier}",
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_group": intent["transfer_group"],
    }
    sandbox.table(CHARGE).add(charge)
    sandbox.notes(identifier)["special"] = card.special if card else ""
    return charge


def mark_failed(sandbox: Sandbox, charge: Obj, decline: tuple[str, str | None], message: str) -> None:
    """Turn a charge into a failed one and say so."""
    charge.update(
        status="failed",
        paid=False,
        captured=False,
        amount_captured=0,
        failure_code=decline[0],
        failure_message=message,
        receipt_url=None,
        outcome={
            **_outcome("The bank did not return any further details with this decline."),
            "network_status": "declined_by_network",
            "reason": decline[1] or decline[0],
            "type": "issuer_declined",
        },
    )
    emit(sandbox, "charge.failed", charge)


def mark_succeeded(charge: Obj) -> None:
    """Turn a pending charge into a paid one; the event comes from whoever books it."""
    charge.update(status="succeeded", paid=True, outcome=_outcome("Payment complete."))


def payment_error(charge: Obj, method: Obj, decline: tuple[str, str | None]) -> Obj:
    """Return `last_payment_error` of an intent."""
    error: Obj = {"charge": charge["id"], "code": decline[0], "message": message_of(decline)}
    if decline[1]:
        error["decline_code"] = decline[1]
    return {**error, "payment_method": method, "type": "card_error"}


def _descriptor(intent: Obj) -> str:
    return f"SANDBOX* {intent['statement_descriptor_suffix'] or ''}".strip("* ")[:22]


def _outcome(message: str) -> Obj:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 3,
        "seller_message": message,
        "type": "authorized",
    }
