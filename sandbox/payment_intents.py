"""Payment intents: made when a session is first tried."""

import copy

from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.state import Sandbox
from sandbox.wire import Params

PAYMENT_INTENT = "payment_intent"
CANCELABLE = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


# What no intent sets here, or every one starts with.
SAME_FOR_ALL: Obj = {
    "amount_capturable": 0,
    "amount_details": {"tip": {}},
    "amount_received": 0,
    "application": None,
    "application_fee_amount": None,
    "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
    "canceled_at": None,
    "cancellation_reason": None,
    "confirmation_method": "automatic",
    "customer_account": None,
    "excluded_payment_method_types": None,
    "last_payment_error": None,
    "latest_charge": None,
    "livemode": False,
    "managed_payments": {"enabled": False},
    "next_action": None,
    "on_behalf_of": None,
    "payment_method": None,
    "payment_method_configuration_details": None,
    "payment_method_options": {"card": {"installments": None, "network": None}},
    "payment_record": None,
    "processing": None,
    "review": None,
    "shipping": None,
    "source": None,
    "status": "requires_payment_method",
    "transfer_data": None,
}


def create_intent(sandbox: Sandbox, session: Obj, data: Params) -> Obj:
    """Make the intent of a session from its `payment_intent_data`."""
    identifier = new_id("pi_3")
    intent: Obj = {
        **copy.deepcopy(SAME_FOR_ALL),
        "id": identifier,
        "object": PAYMENT_INTENT,
        "allowed_payment_method_types": session["allowed_payment_method_types"],
        "amount": session["amount_total"],
        "capture_method": data.get("capture_method", "automatic_async"),
        "client_secret": f"{identifier}_secret_{new_id('', 25)}",
        "created": sandbox.now(),
        "currency": session["currency"],
        "customer": session["customer"],
        "description": data.get("description"),
        "metadata": data.get("metadata") or {},
        "payment_method_types": session["payment_method_types"],
        "receipt_email": data.get("receipt_email"),
        "setup_future_usage": data.get("setup_future_usage"),
        "statement_descriptor": data.get("statement_descriptor"),
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        "transfer_group": data.get("transfer_group"),
    }
    sandbox.table(PAYMENT_INTENT).add(intent)
    emit(sandbox, "payment_intent.created", intent)
    return intent


def cancel_intent(sandbox: Sandbox, intent: Obj, reason: str | None) -> None:
    """Cancel an intent that has no money yet."""
    intent.update(status="canceled", canceled_at=sandbox.now(), cancellation_reason=reason)
    emit(sandbox, "payment_intent.canceled", intent)
