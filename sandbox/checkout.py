"""The Checkout operations of the API."""

from sandbox.errors import invalid
from sandbox.expand import INCLUDED
from sandbox.listing import matching, page
from sandbox.objects import Obj, merged
from sandbox.operations import Call, operation
from sandbox.sessions import SESSION, create_session, expire_session, get_session
from sandbox.state import Sandbox


@operation("POST", "/v1/checkout/sessions")
def create(sandbox: Sandbox, call: Call) -> Obj:
    return create_session(sandbox, call.params)


@operation("GET", "/v1/checkout/sessions")
def list_all(sandbox: Sandbox, call: Call) -> Obj:
    fields = ("customer", "payment_intent", "payment_link", "status", "subscription")
    rows = matching(sandbox.table(SESSION).newest_first(), call.params, fields)
    email = call.params.get("customer_details", {}).get("email")
    if email:
        rows = (each for each in rows if (each["customer_details"] or {}).get("email") == email)
    return page(call, rows, SESSION)


@operation("GET", "/v1/checkout/sessions/{session}")
def retrieve(sandbox: Sandbox, call: Call) -> Obj:
    return get_session(sandbox, call.path["session"])


@operation("POST", "/v1/checkout/sessions/{session}")
def update(sandbox: Sandbox, call: Call) -> Obj:
    session = get_session(sandbox, call.path["session"])
    session["metadata"] = merged(session["metadata"], call.params.get("metadata"))
    return session


@operation("POST", "/v1/checkout/sessions/{session}/expire")
def expire(sandbox: Sandbox, call: Call) -> Obj:
    session = get_session(sandbox, call.path["session"])
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of'
            f" `{session['status']}`."
        )
        raise invalid(message)
    expire_session(sandbox, session)
    return session


@operation("GET", "/v1/checkout/sessions/{session}/line_items")
def line_items(sandbox: Sandbox, call: Call) -> Obj:
    session = get_session(sandbox, call.path["session"])
    return page(call, sandbox.notes(session["id"])["line_items"], "item")


def _included(sandbox: Sandbox, session: Obj) -> Obj:
    address = f"/v1/checkout/sessions/{session['id']}/line_items"
    return {
        "object": "list",
        "data": sandbox.notes(session["id"])["line_items"],
        "has_more": False,
        "url": address,
    }


INCLUDED[SESSION, "line_items"] = _included
