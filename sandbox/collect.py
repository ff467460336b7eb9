"""Taking the money of one intent by card: at once, or meeting the decline that the card stands for."""

from sandbox import balance, charges, disputes
from sandbox.cards import GENERIC_DECLINE, Card, message_of
from sandbox.clock import HOUR
from sandbox.events import emit
from sandbox.objects import Obj
from sandbox.state import Sandbox

LATE_FEE_AFTER = HOUR


def take(sandbox: Sandbox, intent: Obj, method: Obj, card: Card) -> Obj:
    """Take it and say nothing yet; returns the charge."""
    charge = charges.create_charge(sandbox, intent, method, card, "succeeded")
    at_once = card.special == "available_at_once"
    wait = 0 if at_once else balance.AVAILABLE_AFTER
    if intent["capture_method"] == "automatic_async" and not at_once:
        moment = sandbox.now() + LATE_FEE_AFTER
        sandbox.clock.at(moment, lambda: _book_late(sandbox, charge, wait))
    else:
        balance.book_charge(sandbox, charge, wait=wait)
    mark_succeeded(intent, charge)
    return charge


def mark_succeeded(intent: Obj, charge: Obj) -> None:
    intent.update(
        status="succeeded",
        amount_received=charge["amount"],
        latest_charge=charge["id"],
        payment_method=charge["payment_method"],
        last_payment_error=None,
        next_action=None,
    )


def tell(sandbox: Sandbox, intent: Obj, charge: Obj) -> None:
    """Say that the money was taken."""
    emit(sandbox, "charge.succeeded", charge)
    emit(sandbox, "payment_intent.succeeded", intent)


def dispute_by_card(sandbox: Sandbox, charge: Obj, card: Card) -> None:
    """Do what two test cards do after their payment: dispute it, or ask about it."""
    if card.special in {"dispute", "inquiry"}:
        disputes.open_dispute(sandbox, charge, inquiry=card.special == "inquiry")


def decline(
    sandbox: Sandbox, intent: Obj, method: Obj, card: Card, why: tuple[str, str | None] = GENERIC_DECLINE
) -> Obj:
    """Meet a decline and say so: the intent waits for another method. Returns the failed charge."""
    charge = charges.create_charge(sandbox, intent, method, card, "failed")
    intent.update(
        status="requires_payment_method",
        latest_charge=charge["id"],
        payment_method=None,
        next_action=None,
        last_payment_error=charges.payment_error(charge, method, why),
    )
    charges.mark_failed(sandbox, charge, why, message_of(why))
    emit(sandbox, "payment_intent.payment_failed", intent)
    return charge


def _book_late(sandbox: Sandbox, charge: Obj, wait: int) -> None:
    if charge["balance_transaction"] is None:
        balance.book_charge(sandbox, charge, wait=wait)
        emit(sandbox, "charge.updated", charge, {"balance_transaction": None})
