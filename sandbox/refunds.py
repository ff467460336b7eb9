"""Refunds: how one is made, and how the slow ones end."""

from decimal import Decimal

from sandbox import balance, disputes
from sandbox.charges import CHARGE
from sandbox.clock import DAY
from sandbox.conversion import Rate, rate_for
from sandbox.errors import NotPossible, invalid, missing
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
    left = _left(sandbox, charge)
    amount = params.get("amount", left)
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise invalid(message, param="amount")
    special = sandbox.notes(charge["id"])["special"]
    refund = _build(sandbox, charge, params, amount)
    sandbox.table(REFUND).add(refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    _take_or_wait(sandbox, charge, refund)
    if special == "refund_pending" and refund["status"] == "succeeded":
        refund["status"] = "pending"
        refund["pending_reason"] = "processing"
        sandbox.clock.at(sandbox.now() + SLOW_REFUND_ENDS_AFTER, lambda: _end_slow(sandbox, refund))
    emit(sandbox, "refund.created", refund)
    _tell_charge(sandbox, charge, amount)
    if special == "refund_fails":
        sandbox.clock.at(sandbox.now() + SLOW_REFUND_ENDS_AFTER, lambda: _fail_slow(sandbox, refund))
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


def _left(sandbox: Sandbox, charge: Obj) -> int:
    """Return what can still go back; raises StripeError when nothing can."""
    if charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} has not succeeded, so it cannot be refunded.")
    left = int(charge["amount"] - charge["amount_refunded"])
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise invalid(message, code="charge_already_refunded")
    left -= disputes.taken(sandbox, charge["id"])
    under_way = any(each["status"] in disputes.OPEN for each in disputes.of_charge(sandbox, charge["id"]))
    if left <= 0 or under_way:
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise invalid(message, code="charge_disputed")
    return left


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


def _take_or_wait(sandbox: Sandbox, charge: Obj, refund: Obj) -> None:
    """Take the money, which may leave the balance below zero; with nothing there at all it waits, a day at a time."""
    rate = rate_for(sandbox, charge)
    if balance.held(sandbox, rate.into if rate else charge["currency"]) > 0:
        _take(sandbox, charge, refund)
        return
    refund.update(status="pending", pending_reason="insufficient_funds")
    sandbox.clock.at(sandbox.now() + DAY, lambda: _try_again(sandbox, charge, refund))


def _try_again(sandbox: Sandbox, charge: Obj, refund: Obj) -> None:
    if refund["status"] != "pending":
        return
    _take_or_wait(sandbox, charge, refund)
    if refund["balance_transaction"]:
        _succeed(sandbox, refund)


def _take(sandbox: Sandbox, charge: Obj, refund: Obj) -> None:
    kind = "refund" if refund["id"].startswith("re_") else "payment_refund"
    transaction = balance.book(
        sandbox,
        kind,
        -refund["amount"],
        refund,
        category="refund",
        description=f"REFUND FOR CHARGE ({charge['description'] or charge['id']})",
        wait=0,
        rate=rate_for(sandbox, charge),
    )
    refund["balance_transaction"] = transaction["id"]


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


def _end_slow(sandbox: Sandbox, refund: Obj) -> None:
    if refund["status"] == "pending":
        _succeed(sandbox, refund)


def _fail_slow(sandbox: Sandbox, refund: Obj) -> None:
    if refund["status"] == "succeeded":
        fail_refund(sandbox, refund)


def _succeed(sandbox: Sandbox, refund: Obj) -> None:
    previous = {"pending_reason": refund.pop("pending_reason"), "status": "pending"}
    refund["status"] = "succeeded"
    emit(sandbox, "refund.updated", refund, previous)


def succeed_refund(sandbox: Sandbox, refund: Obj) -> None:
    """Let a pending one go through now, also one that lacks the money."""
    if refund["status"] != "pending":
        raise NotPossible(f"Refund {refund['id']} is {refund['status']}, so it cannot succeed.")
    if not refund["balance_transaction"]:
        _take(sandbox, _charge(sandbox, {"charge": refund["charge"]}), refund)
    _succeed(sandbox, refund)


def fail_refund(sandbox: Sandbox, refund: Obj) -> None:
    """The bank does not take it, perhaps long after it had succeeded: the money comes back."""
    _undo(sandbox, refund, "failed")
    emit(sandbox, "refund.failed", refund)


def cancel_refund(sandbox: Sandbox, refund: Obj) -> None:
    """Stop a pending one: the money comes back."""
    if refund["status"] not in {"pending", "requires_action"}:
        raise NotPossible(f"Refund {refund['id']} is {refund['status']}, so it cannot be canceled.")
    _undo(sandbox, refund, "canceled")


def _undo(sandbox: Sandbox, refund: Obj, status: str) -> None:
    previous = {"status": refund["status"]}
    if refund["status"] not in {"pending", "requires_action", "succeeded"}:
        raise NotPossible(f"Refund {refund['id']} is {refund['status']} already.")
    charge = _charge(sandbox, {"charge": refund["charge"]})
    if refund["balance_transaction"]:
        refund["failure_balance_transaction"] = _bring_back(sandbox, charge, refund)["id"]
    if "pending_reason" in refund:
        previous["pending_reason"] = refund.pop("pending_reason")
    refund["status"] = status
    if status == "failed":
        refund["failure_reason"] = "expired_or_canceled_card"
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    emit(sandbox, "refund.updated", refund, previous)


def _bring_back(sandbox: Sandbox, charge: Obj, refund: Obj) -> Obj:
    """Book the money back at the rate at which it left."""
    left = sandbox.table(balance.BALANCE_TRANSACTION).get(refund["balance_transaction"]) or {}
    rate = Rate(left["currency"], Decimal(str(left["exchange_rate"]))) if left["exchange_rate"] else None
    return balance.book(
        sandbox,
        "refund_failure",
        refund["amount"],
        refund,
        category="refund_failure",
        description=f"REFUND FAILURE FOR CHARGE ({charge['id']})",
        wait=0,
        rate=rate,
    )
