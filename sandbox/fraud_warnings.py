"""Early fraud warnings: the event alone. The published document that judges the sandbox has no shape for them."""

from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.state import Sandbox

FRAUD_WARNING = "radar.early_fraud_warning"


def warn(sandbox: Sandbox, charge: Obj) -> Obj:
    """Say that the bank suspects a charge; nothing moves."""
    warning: Obj = {
        "id": new_id("issfr_1"),
        "object": FRAUD_WARNING,
        "actionable": not (charge["refunded"] or charge["disputed"]),
        "charge": charge["id"],
        "created": sandbox.now(),
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    sandbox.table(FRAUD_WARNING).add(warning)
    emit(sandbox, "radar.early_fraud_warning.created", warning)
    return warning
