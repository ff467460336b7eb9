"""The account and its webhook endpoints."""

from urllib.parse import urlsplit

from sandbox.deliver import Endpoint
from sandbox.errors import invalid, missing
from sandbox.ids import new_id
from sandbox.listing import page
from sandbox.objects import API_VERSION, Obj
from sandbox.operations import Call, operation
from sandbox.state import Sandbox

WEBHOOK_ENDPOINT = "webhook_endpoint"
ACCOUNT_ID = "acct_1SandboxRetainer0"
ACCOUNT_CREATED = 1_104_537_600


@operation("GET", "/v1/account")
def retrieve_account(sandbox: Sandbox, call: Call) -> Obj:  # noqa: ARG001  every operation has this shape
    """Return an account in Canada that settles every currency it takes."""
    return {
        "id": ACCOUNT_ID,
        "object": "account",
        "business_type": "non_profit",
        "capabilities": {"acss_debit_payments": "active", "card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": "CA",
        "created": ACCOUNT_CREATED,
        "default_currency": "cad",
        "details_submitted": True,
        "email": "fund@example.org",
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


@operation("POST", "/v1/webhook_endpoints")
def create_endpoint(sandbox: Sandbox, call: Call) -> Obj:
    params = call.params
    if urlsplit(params["url"]).scheme not in {"http", "https"}:
        raise invalid("Invalid URL: an explicit scheme (such as https) must be provided.", param="url")
    endpoint: Obj = {
        "id": new_id("we_1"),
        "object": WEBHOOK_ENDPOINT,
        "api_version": params.get("api_version", API_VERSION),
        "application": None,
        "created": sandbox.now(),
        "description": params.get("description"),
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "status": "enabled",
        "url": params["url"],
    }
    sandbox.table(WEBHOOK_ENDPOINT).add(endpoint)
    sandbox.notes(endpoint["id"])["secret"] = new_id("whsec_", 32)
    _listen(sandbox, endpoint)
    return {**endpoint, "secret": sandbox.notes(endpoint["id"])["secret"]}


@operation("GET", "/v1/webhook_endpoints")
def list_endpoints(sandbox: Sandbox, call: Call) -> Obj:
    return page(call, sandbox.table(WEBHOOK_ENDPOINT).newest_first(), WEBHOOK_ENDPOINT)


@operation("GET", "/v1/webhook_endpoints/{webhook_endpoint}")
def retrieve_endpoint(sandbox: Sandbox, call: Call) -> Obj:
    endpoint = sandbox.table(WEBHOOK_ENDPOINT).get(call.path["webhook_endpoint"])
    if endpoint is None:
        raise missing(WEBHOOK_ENDPOINT, call.path["webhook_endpoint"], "webhook_endpoint")
    return endpoint


@operation("POST", "/v1/webhook_endpoints/{webhook_endpoint}")
def update_endpoint(sandbox: Sandbox, call: Call) -> Obj:
    endpoint = retrieve_endpoint(sandbox, call)
    for name in ("description", "enabled_events", "metadata", "url"):
        if name in call.params:
            endpoint[name] = call.params[name]
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    _listen(sandbox, endpoint)
    return endpoint


@operation("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}")
def delete_endpoint(sandbox: Sandbox, call: Call) -> Obj:
    endpoint = retrieve_endpoint(sandbox, call)
    sandbox.table(WEBHOOK_ENDPOINT).remove(endpoint["id"])
    sandbox.outbox.forget(endpoint["id"])
    return {"id": endpoint["id"], "object": WEBHOOK_ENDPOINT, "deleted": True}


def _listen(sandbox: Sandbox, endpoint: Obj) -> None:
    sandbox.outbox.forget(endpoint["id"])
    if endpoint["status"] == "enabled":
        secret = sandbox.notes(endpoint["id"])["secret"]
        types = frozenset(endpoint["enabled_events"])
        sandbox.outbox.endpoints.append(Endpoint(endpoint["url"], (secret,), types, endpoint["id"]))
