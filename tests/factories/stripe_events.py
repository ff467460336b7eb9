"""Webhooks as Stripe sends them, and as it never would."""

import hashlib
import hmac
import itertools
import json
import time
from typing import Any

_numbers = itertools.count(1)


def event_body(type_: str = "checkout.session.completed", object_id: str = "cs_test_1", **changes: Any) -> bytes:
    """A snapshot event about an object; `changes` replace its top-level fields, None takes one away."""
    event = {
        "id": f"evt_test_{next(_numbers)}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": {"id": object_id, "object": type_.rpartition(".")[0]}},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type_,
    }
    return json.dumps({name: value for name, value in {**event, **changes}.items() if value is not None}).encode()


def signature(body: bytes, secret: str, moment: int) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def sign(body: bytes, *secrets: str, skew: int = 0) -> str:
    """A Stripe-Signature header with one v1 for each secret, made `skew` seconds from now."""
    moment = int(time.time()) + skew
    return ",".join([f"t={moment}", *(f"v1={signature(body, secret, moment)}" for secret in secrets)])
