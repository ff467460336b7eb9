"""Events: the snapshot that is stored, listed and delivered."""

import copy
import json

from sandbox.ids import new_id
from sandbox.objects import API_VERSION, Obj
from sandbox.state import Sandbox

EVENT = "event"


def emit(sandbox: Sandbox, kind: str, subject: Obj, previous: Obj | None = None) -> Obj:
    """Store an event about `subject` as it is now and send it; `previous` are the attributes it had before."""
    data: Obj = {"object": copy.deepcopy(subject)}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Obj = {
        "id": new_id("evt_1"),
        "object": EVENT,
        "api_version": API_VERSION,
        "created": sandbox.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": sum(each.wants(kind) for each in sandbox.outbox.endpoints),
        "request": dict(sandbox.cause),
        "type": kind,
    }
    sandbox.table(EVENT).add(event)
    group = subject.get("payment_intent") or subject.get("id") or kind
    sandbox.outbox.send(event, json.dumps(event), group)
    return event
