"""Paying a Checkout session: what happens at Stripe between the hosted page's button and its webhooks."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from sandbox import balance, billing, charges, collect, disputes, payment_intents, sessions, setup_intents
from sandbox.cards import GENERIC_DECLINE, Card
from sandbox.clock import DAY
from sandbox.conversion import rate_for
from sandbox.customers import create_customer
from sandbox.errors import NotPossible
from sandbox.events import emit
from sandbox.objects import Obj
from sandbox.payment_methods import create_payment_method, keep_card
from sandbox.state import Sandbox
from sandbox.subscriptions import create_subscription

DEBIT_SETTLES_AFTER = 5 * DAY
NO_EMAIL_GIVEN = "donor@example.com"
DEBIT_FAILED = ("debit_not_authorized", None)
DEBIT_FAILED_MESSAGE = "The customer has notified their bank that this payment was unauthorized."


@dataclass(frozen=True)
class Payer:
    """Who pays; the e-mail defaults to the one that the session was made with."""

    email: str | None = None
    name: str | None = None


def pay_by_card(sandbox: Sandbox, session: Obj, card: Card, payer: Payer) -> Obj:
    """Take the money at once, or meet the decline that the card stands for; returns the charge (or setup intent)."""
    if session["mode"] == "setup":
        return _keep(sandbox, session, card, payer)
    if card.decline:
        return decline_card(sandbox, session, card, payer, card.decline)
    intent, method = _attempt(sandbox, session, card, payer)
    charge = collect.take(sandbox, intent, method, card)
    if session["mode"] == "subscription":
        _subscribe(sandbox, session, intent, keep_card(sandbox, method, card, session["customer"]))
    collect.tell(sandbox, intent, charge)
    _complete(sandbox, session, payer, "paid")
    collect.dispute_by_card(sandbox, charge, card)
    return charge


def decline_card(
    sandbox: Sandbox, session: Obj, card: Card, payer: Payer, decline: tuple[str, str | None] = GENERIC_DECLINE
) -> Obj:
    """Meet a decline: the session stays open, the intent waits for another method."""
    if session["mode"] == "setup":
        return _keep(sandbox, session, replace(card, decline=decline, number=""), payer)
    intent, method = _attempt(sandbox, session, card, payer)
    return collect.decline(sandbox, intent, method, card, decline)


def _keep(sandbox: Sandbox, session: Obj, card: Card, payer: Payer) -> Obj:
    intent = setup_intents.keep_for_later(sandbox, session, card, _email(session, payer), payer.name)
    if intent["status"] == "succeeded":
        _complete(sandbox, session, payer, "no_payment_required")
    return intent


def _subscribe(sandbox: Sandbox, session: Obj, intent: Obj, method: Obj) -> None:
    notes = sandbox.notes(session["id"])
    customer = sandbox.table("customer").get(session["customer"]) or {}
    lines = [(item["price"], item["quantity"]) for item in notes["line_items"]]
    data = {**notes["subscription_data"], "default_payment_method": method["id"]}
    subscription = create_subscription(sandbox, customer, lines, data)
    session["subscription"] = subscription["id"]
    session["invoice"] = billing.begin_paid(sandbox, subscription, intent)["id"]


def pay_by_debit(sandbox: Sandbox, session: Obj, payer: Payer, *, fails: bool = False) -> Obj:
    """Begin a pre-authorised debit: complete but unpaid until five days of the clock have passed."""
    if "acss_debit" not in session["payment_method_types"]:
        raise NotPossible("This session does not offer pre-authorised debit.")
    intent, method = _attempt(sandbox, session, None, payer)
    charge = charges.create_charge(sandbox, intent, method, None, "pending")
    intent.update(status="processing", latest_charge=charge["id"], payment_method=method["id"])
    emit(sandbox, "charge.pending", charge)
    emit(sandbox, "payment_intent.processing", intent)
    _complete(sandbox, session, payer, "unpaid")
    ending = fail_debit if fails else settle_debit
    sandbox.clock.at(sandbox.now() + DEBIT_SETTLES_AFTER, lambda: _end_debit(sandbox, session, ending))
    return charge


def settle_debit(sandbox: Sandbox, session: Obj) -> Obj:
    """The bank paid."""
    intent, charge = _processing(sandbox, session)
    charges.mark_succeeded(charge)
    balance.book_charge(sandbox, charge)
    collect.mark_succeeded(intent, charge)
    collect.tell(sandbox, intent, charge)
    session["payment_status"] = "paid"
    emit(sandbox, "checkout.session.async_payment_succeeded", session)
    return charge


def fail_debit(sandbox: Sandbox, session: Obj) -> Obj:
    """The bank refused, or took it back after it had settled; then the session stays as it is, like Stripe's."""
    intent, charge = _of_session(sandbox, session)
    if charge["status"] == "succeeded" and charge["payment_method_details"]["type"] != "card":
        _take_back(sandbox, intent, charge)
        return charge
    intent, charge = _processing(sandbox, session)
    _refuse(sandbox, intent, charge)
    emit(sandbox, "checkout.session.async_payment_failed", session)
    return charge


def _refuse(sandbox: Sandbox, intent: Obj, charge: Obj) -> None:
    method = sandbox.table("payment_method").get(intent["payment_method"]) or {}
    charges.mark_failed(sandbox, charge, DEBIT_FAILED, DEBIT_FAILED_MESSAGE)
    error = {"charge": charge["id"], "code": DEBIT_FAILED[0], "message": DEBIT_FAILED_MESSAGE}
    error |= {"payment_method": method, "type": "invalid_request_error"}
    intent.update(status="requires_payment_method", payment_method=None, last_payment_error=error, amount_received=0)
    emit(sandbox, "payment_intent.payment_failed", intent)


def _take_back(sandbox: Sandbox, intent: Obj, charge: Obj) -> None:
    left = charge["amount"] - charge["amount_refunded"] - disputes.taken(sandbox, charge["id"])
    if left <= 0:
        raise NotPossible(f"Nothing is left of charge {charge['id']} that could be taken back.")
    transaction = balance.book(
        sandbox,
        "payment_failure_refund",
        -left,
        charge,
        category="charge_failure",
        description=f"Payment failure refund for {charge['id']}",
        wait=0,
        rate=rate_for(sandbox, charge),
    )
    charge["failure_balance_transaction"] = transaction["id"]
    _refuse(sandbox, intent, charge)


def _attempt(sandbox: Sandbox, session: Obj, card: Card | None, payer: Payer) -> tuple[Obj, Obj]:
    if session["status"] != "open":
        raise NotPossible(f"This session is {session['status']}, so it cannot be paid.")
    email, monthly = _email(session, payer), session["mode"] == "subscription"
    if session["customer"] is None and (monthly or session["customer_creation"] == "always"):
        session["customer"] = create_customer(sandbox, {"email": email, "name": payer.name})["id"]
    notes = sandbox.notes(session["id"])
    intent = sandbox.table(payment_intents.PAYMENT_INTENT).get(notes.get("intent", ""))
    if intent is None:
        intent = payment_intents.create_intent(sandbox, session, notes["payment_intent_data"])
        notes["intent"] = intent["id"]
        session["payment_intent"] = None if monthly else intent["id"]
    return intent, create_payment_method(sandbox, card, email, payer.name)


def _email(session: Obj, payer: Payer) -> str:
    return payer.email or session["customer_email"] or NO_EMAIL_GIVEN


def _complete(sandbox: Sandbox, session: Obj, payer: Payer, payment_status: str) -> None:
    details = sessions.customer_details(_email(session, payer), payer.name)
    session.update(status="complete", payment_status=payment_status, url=None, customer_details=details)
    emit(sandbox, "checkout.session.completed", session)


def _end_debit(sandbox: Sandbox, session: Obj, ending: Callable[[Sandbox, Obj], Obj]) -> None:
    with suppress(NotPossible):  # ended by hand before its day came
        _processing(sandbox, session)
        ending(sandbox, session)


def _of_session(sandbox: Sandbox, session: Obj) -> tuple[Obj, Obj]:
    intent = sandbox.table(payment_intents.PAYMENT_INTENT).get(session["payment_intent"] or "")
    charge = sandbox.table(charges.CHARGE).get((intent or {}).get("latest_charge") or "")
    if intent is None or charge is None:
        raise NotPossible("This session has no debit under way.")
    return intent, charge


def _processing(sandbox: Sandbox, session: Obj) -> tuple[Obj, Obj]:
    intent, charge = _of_session(sandbox, session)
    if intent["status"] != "processing":
        raise NotPossible("This session has no debit under way.")
    return intent, charge
