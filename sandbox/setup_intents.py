"""Setup intents: a card kept for later, without a payment."""

import copy

from sandbox.cards import ATTACHES, GENERIC_DECLINE, Card, message_of
from sandbox.customers import CUSTOMER, create_customer
from sandbox.errors import NotPossible
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.payment_methods import create_payment_method, keep_card
from sandbox.state import Sandbox

SETUP_INTENT = "setup_intent"

# What no setup intent sets here, or every one starts with.
SAME_FOR_ALL: Obj = {
    "application": None,
    "automatic_payment_methods": None,
    "cancellation_reason": None,
    "customer_account": None,
    "excluded_payment_method_types": None,
    "flow_directions": None,
    "last_setup_error": None,
    "latest_attempt": None,
    "livemode": False,
    "mandate": None,
    "next_action": None,
    "on_behalf_of": None,
    "payment_method": None,
    "payment_method_configuration_details": None,
    "payment_method_options": {"card": {"mandate_options": None, "network": None, "request_three_d_secure": None}},
    "payment_method_types": ["card"],
    "single_use_mandate": None,
    "status": "requires_payment_method",
    "usage": "off_session",
}


def keep_for_later(sandbox: Sandbox, session: Obj, card: Card, email: str, name: str | None) -> Obj:
    """Save the card of a setup session, or meet its refusal; returns the setup intent."""
    if session["status"] != "open":
        raise NotPossible(f"This session is {session['status']}, so it cannot be completed.")
    if session["customer"] is None and session["customer_creation"] == "always":
        session["customer"] = create_customer(sandbox, {"email": email, "name": name})["id"]
    intent = sandbox.table(SETUP_INTENT).get(session["setup_intent"] or "") or _create(sandbox, session)
    session["setup_intent"] = intent["id"]
    method = create_payment_method(sandbox, card, email, name)
    if card.decline and card.number != ATTACHES:
        return refuse(sandbox, intent, method, card.decline)
    keep_card(sandbox, method, card, session["customer"] if session["customer"] in sandbox.table(CUSTOMER) else None)
    intent.update(status="succeeded", payment_method=method["id"], last_setup_error=None)
    emit(sandbox, "setup_intent.succeeded", intent)
    return intent


def refuse(sandbox: Sandbox, intent: Obj, method: Obj, why: tuple[str, str | None] = GENERIC_DECLINE) -> Obj:
    """Say that the bank does not let the card be kept."""
    error = {"code": why[0], "message": message_of(why), "payment_method": method, "type": "card_error"}
    intent["last_setup_error"] = {**error, "decline_code": why[1]} if why[1] else error
    emit(sandbox, "setup_intent.setup_failed", intent)
    return intent


def cancel_setup(sandbox: Sandbox, intent: Obj, reason: str | None) -> None:
    intent.update(status="canceled", cancellation_reason=reason)
    emit(sandbox, "setup_intent.canceled", intent)


def _create(sandbox: Sandbox, session: Obj) -> Obj:
    identifier = new_id("seti_1")
    data = sandbox.notes(session["id"])["setup_intent_data"]
    intent: Obj = {
        **copy.deepcopy(SAME_FOR_ALL),
        "id": identifier,
        "object": SETUP_INTENT,
        "client_secret": f"{identifier}_secret_{new_id('', 25)}",
        "created": sandbox.now(),
        "customer": session["customer"],
        "description": data.get("description"),
        "metadata": data.get("metadata") or {},
    }
    sandbox.table(SETUP_INTENT).add(intent)
    emit(sandbox, "setup_intent.created", intent)
    return intent
