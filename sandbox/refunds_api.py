"""The refund operations of the API."""

from sandbox.charges import CHARGE
from sandbox.errors import invalid, missing
from sandbox.events import emit
from sandbox.expand import INCLUDED
from sandbox.listing import matching, page
from sandbox.objects import Obj, merged
from sandbox.operations import Call, operation
from sandbox.refunds import REFUND, cancel_refund, create_refund
from sandbox.state import Sandbox


@operation("POST", "/v1/refunds")
def create(sandbox: Sandbox, call: Call) -> Obj:
    return create_refund(sandbox, call.params)


@operation("GET", "/v1/refunds")
def list_all(sandbox: Sandbox, call: Call) -> Obj:
    rows = matching(sandbox.table(REFUND).newest_first(), call.params, ("charge", "payment_intent"))
    return page(call, rows, REFUND)


@operation("GET", "/v1/refunds/{refund}")
def retrieve(sandbox: Sandbox, call: Call) -> Obj:
    refund = sandbox.table(REFUND).get(call.path["refund"])
    if refund is None:
        raise missing(REFUND, call.path["refund"])
    return refund


@operation("POST", "/v1/refunds/{refund}")
def update(sandbox: Sandbox, call: Call) -> Obj:
    refund = retrieve(sandbox, call)
    previous = {"metadata": dict(refund["metadata"])}
    refund["metadata"] = merged(refund["metadata"], call.params.get("metadata"))
    emit(sandbox, "refund.updated", refund, previous)
    return refund


@operation("POST", "/v1/refunds/{refund}/cancel")
def cancel(sandbox: Sandbox, call: Call) -> Obj:
    refund = retrieve(sandbox, call)
    if refund["status"] != "requires_action":
        raise invalid(f"Refund {refund['id']} cannot be canceled: only one that requires action can.")
    cancel_refund(sandbox, refund)
    return refund


def _included(sandbox: Sandbox, charge: Obj) -> Obj:
    rows = [each for each in sandbox.table(REFUND).newest_first() if each["charge"] == charge["id"]]
    return {"object": "list", "data": rows, "has_more": False, "url": f"/v1/charges/{charge['id']}/refunds"}


INCLUDED[CHARGE, "refunds"] = _included
