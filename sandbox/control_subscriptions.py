"""The control of monthly gifts: another card, how the next invoice is paid, a pause."""

from sandbox import billing
from sandbox.control_door import blueprint, find, number, read_body, the_sandbox, told
from sandbox.objects import Obj
from sandbox.state import Sandbox
from sandbox.subscriptions import SUBSCRIPTION


@blueprint.post("/subscription")
def subscription() -> Obj:
    """Change the card, pause or resume, or let the next invoice be paid in `parts` or by a credit (`free`)."""
    sandbox, body = the_sandbox(), read_body()
    parts = number(body, "parts", 1)
    with sandbox.lock:
        found = find(sandbox, SUBSCRIPTION, body, "subscription")
        if parts is not None:
            sandbox.notes(found["id"])["parts"] = parts
        if "free" in body:
            sandbox.notes(found["id"])["free"] = body["free"] is True
        _change(sandbox, found, body)
        return told(found, "status", "customer", "latest_invoice")


def _change(sandbox: Sandbox, found: Obj, body: Obj) -> None:
    if "card" in body:
        billing.set_card(sandbox, found, str(body["card"]))
    if body.get("pause") is True:
        billing.pause(sandbox, found)
    elif body.get("pause") is False:
        billing.resume(sandbox, found)
