"""The billing portal's one operation: a way into the page /p/session/<id>."""

from http import HTTPStatus

from sandbox.errors import invalid, missing
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.operations import Call, operation
from sandbox.state import Sandbox

PORTAL = "billing_portal.session"


@operation("POST", "/v1/billing_portal/sessions")
def create(sandbox: Sandbox, call: Call) -> Obj:
    params = call.params
    if "customer" not in params:
        raise invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    if params["customer"] not in sandbox.table("customer"):
        raise missing("customer", params["customer"], "customer", HTTPStatus.BAD_REQUEST)
    identifier = new_id("bps_1")
    session: Obj = {
        "id": identifier,
        "object": PORTAL,
        "configuration": "bpc_1SandboxRetainer0",
        "created": sandbox.now(),
        "customer": params["customer"],
        "customer_account": None,
        "flow": None,
        "livemode": False,
        "locale": params.get("locale"),
        "on_behalf_of": None,
        "return_url": params.get("return_url"),
        "url": f"{sandbox.base_url}/p/session/{identifier}",
    }
    sandbox.table(PORTAL).add(session)
    emit(sandbox, "billing_portal.session.created", session)
    return session
