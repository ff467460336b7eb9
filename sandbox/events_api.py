"""The event operations of the API."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from sandbox.clock import DAY
from sandbox.errors import invalid, missing
from sandbox.events import EVENT
from sandbox.listing import page
from sandbox.objects import Obj
from sandbox.operations import Call, operation
from sandbox.state import Sandbox

MOST_TYPES = 20
KEPT_FOR = 30 * DAY


@operation("GET", "/v1/events")
def list_all(sandbox: Sandbox, call: Call) -> Obj:
    params = call.params
    types = params.get("types")
    if types is not None and "type" in params:
        message = "You may only specify one of these parameters: type, types."
        raise invalid(message, param="types")
    if types is not None and not 1 <= len(types) <= MOST_TYPES:
        raise invalid(f"You must give 1 to {MOST_TYPES} types.", param="types")
    rows: Iterable[Obj] = (each for each in sandbox.table(EVENT).newest_first() if _kept(sandbox, each))
    if types is not None:
        rows = (each for each in rows if each["type"] in types)
    if "type" in params:
        rows = (each for each in rows if fnmatchcase(each["type"], params["type"]))
    if "delivery_success" in params:
        wanted = params["delivery_success"]
        rows = (each for each in rows if (_waiting(sandbox, each) == 0) == wanted)
    answer = page(call, rows, EVENT)
    answer["data"] = [_now(sandbox, each) for each in answer["data"]]
    return answer


@operation("GET", "/v1/events/{id}")
def retrieve(sandbox: Sandbox, call: Call) -> Obj:
    event = sandbox.table(EVENT).get(call.path["id"])
    if event is None or not _kept(sandbox, event):
        raise missing(EVENT, call.path["id"])
    return _now(sandbox, event)


def _kept(sandbox: Sandbox, event: Obj) -> bool:
    return bool(event["created"] >= sandbox.now() - KEPT_FOR)


def _waiting(sandbox: Sandbox, event: Obj) -> int:
    return len({each.endpoint.url for each in sandbox.outbox.of(event["id"]) if each.state != "delivered"})


def _now(sandbox: Sandbox, event: Obj) -> Obj:
    return {**event, "pending_webhooks": _waiting(sandbox, event)}
