"""Refunds: how one is made, and how the slow ones end."""

from sandbox import balance
from sandbox.charges import CHARGE
from sandbox.clock import DAY
from sandbox.errors import invalid, missing
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.state import Sandbox
from sandbox.wire import Params

REFUND = "refund"
SLOW_REFUND_ENDS_AFTER = DAY


def create_refund(sandbox: Sandbox, params: Params) -> Obj:
    """Give back some or all that is left of a charge; raises StripeError when Stripe would refuse."""
    charge = _charge(sandbox, params)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} has not succeeded, so it cannot be refunded.")
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise invalid(message, code="charge_already_refunded")
    amount = params.get("amount", left)
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise invalid(message, param="amount")
    special = sandbox.notes(charge["id"])["special"]
    refund = _build(sandbox, charge, params, amount)
    sandbox.table(REFUND).add(refund)
    _take(sandbox, charge, refund)
    if special == "refund_pending":
        refund["status"] = "pending"
        refund["pending_reason"] = "processing"
        sandbox.clock.at(sandbox.now() + SLOW_REFUND_ENDS_AFTER, lambda: _succeed(sandbox, refund))
    emit(sandbox, "refund.created", refund)
    _tell_charge(sandbox, charge, amount)
    if special == "refund_fails":
        sandbox.clock.at(sandbox.now() + SLOW_REFUND_ENDS_AFTER, lambda: _fail(sandbox, charge, refund))
    if refund["status"] == "succeeded" and refund["destination_details"]["type"] == "card":
        _reference(sandbox, refund)
    return refund


def _charge(sandbox: Sandbox, params: Params) -> Obj:
    if ("charge" in params) == ("payment_intent" in params):
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    identifier = params.get("charge")
    if identifier is None:
        intent = sandbox.table("payment_intent").get(params["payment_intent"])
        if intent is None:
            raise missing("payment_intent", params["payment_intent"], "payment_intent")
        identifier = intent["latest_charge"]
        if intent["status"] != "succeeded":
            message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            raise invalid(message, param="payment_intent")
    charge = sandbox.table(CHARGE).get(identifier)
    if charge is None:
        raise missing(CHARGE, identifier, "charge")
    return charge


def _build(sandbox: Sandbox, charge: Obj, params: Params, amount: int) -> Obj:
    kind = charge["payment_method_details"]["type"]
    details = {"card": {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}}
    return {
        "id": new_id("re_3" if kind == "card" else "pyr_1"),
        "object": REFUND,
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": sandbox.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {**(details if kind == "card" else {kind: {}}), "type": kind},
        "metadata": params.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _take(sandbox: Sandbox, charge: Obj, refund: Obj) -> None:
    kind = "refund" if refund["id"].startswith("re_") else "payment_refund"
    description = f"REFUND FOR CHARGE ({charge['description'] or charge['id']})"
    transaction = balance.book(
        sandbox, kind, -refund["amount"], refund, category="refund", description=description, wait=0
    )
    refund["balance_transaction"] = transaction["id"]
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def _tell_charge(sandbox: Sandbox, charge: Obj, amount: int) -> None:
    previous: Obj = {"amount_refunded": charge["amount_refunded"] - amount}
    if charge["refunded"]:
        previous["refunded"] = False
    emit(sandbox, "charge.refunded", charge, previous)


def _reference(sandbox: Sandbox, refund: Obj) -> None:
    card = refund["destination_details"]["card"]
    previous = {"destination_details": {"card": {"reference_status": "pending"}}}
    card.update(reference_status="available", reference=new_id("", 12).upper())
    emit(sandbox, "refund.updated", refund, previous)


def _succeed(sandbox: Sandbox, refund: Obj) -> None:
    del refund["pending_reason"]
    refund["status"] = "succeeded"
    emit(sandbox, "refund.updated", refund, {"status": "pending"})


def _fail(sandbox: Sandbox, charge: Obj, refund: Obj) -> None:
    transaction = balance.book(
        sandbox,
        "refund_failure",
        refund["amount"],
        refund,
        category="refund_failure",
        description=f"REFUND FAILURE FOR CHARGE ({charge['id']})",
        wait=0,
    )
    refund.update(
        status="failed",
        failure_balance_transaction=transaction["id"],
        failure_reason="expired_or_canceled_card",
    )
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    emit(sandbox, "refund.updated", refund, {"status": "succeeded"})
    emit(sandbox, "refund.failed", refund)
