"""The setup intent operations of the API."""

from sandbox.errors import invalid, missing
from sandbox.listing import matching, page
from sandbox.objects import Obj
from sandbox.operations import Call, operation
from sandbox.setup_intents import SETUP_INTENT, cancel_setup
from sandbox.state import Sandbox

OVER = frozenset({"succeeded", "canceled"})


@operation("GET", "/v1/setup_intents")
def list_all(sandbox: Sandbox, call: Call) -> Obj:
    rows = matching(sandbox.table(SETUP_INTENT).newest_first(), call.params, ("customer", "payment_method"))
    return page(call, rows, SETUP_INTENT)


@operation("GET", "/v1/setup_intents/{intent}")
def retrieve(sandbox: Sandbox, call: Call) -> Obj:
    intent = sandbox.table(SETUP_INTENT).get(call.path["intent"])
    if intent is None:
        raise missing(SETUP_INTENT, call.path["intent"], "intent")
    return intent


@operation("POST", "/v1/setup_intents/{intent}/cancel")
def cancel(sandbox: Sandbox, call: Call) -> Obj:
    intent = retrieve(sandbox, call)
    if intent["status"] in OVER:
        message = f"You cannot cancel this SetupIntent because it has a status of {intent['status']}."
        raise invalid(message, code="setup_intent_unexpected_state")
    cancel_setup(sandbox, intent, call.params.get("cancellation_reason"))
    return intent
