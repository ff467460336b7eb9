"""One signed delivery to one webhook endpoint, exactly as Stripe sends it."""

import hashlib
import hmac
import http.client
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sandbox.log import Log
from sandbox.objects import Obj

ANSWER_WITHIN = 10.0


@dataclass(frozen=True)
class Endpoint:
    """Where events go; with several secrets each delivery carries one signature of each."""

    url: str
    secrets: tuple[str, ...]
    types: frozenset[str] = frozenset({"*"})
    id: str | None = None

    def wants(self, kind: str) -> bool:
        return "*" in self.types or kind in self.types


@dataclass(eq=False)
class Dispatch:
    """One event on its way to one endpoint."""

    event: str
    payload: str
    endpoint: Endpoint
    group: str
    generation: int
    logged: bool = True
    state: str = "pending"
    deliveries: list[Obj] = field(default_factory=list)


def signature(payload: str, secrets: tuple[str, ...], moment: int) -> str:
    """Return the Stripe-Signature header; `moment` is wall time in seconds."""
    signed = f"{moment}.{payload}".encode()
    parts = [f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}" for secret in secrets]
    return ",".join([f"t={moment}", *parts])


def deliver(dispatch: Dispatch, log: Log) -> int | None:
    """POST one event and return the status, or None when the endpoint could not be reached or said nothing."""
    moment = int(time.time())
    header = signature(dispatch.payload, dispatch.endpoint.secrets, moment)
    record: dict[str, Any] = {"payload": dispatch.payload, "signature": header}
    record |= {"secret": dispatch.endpoint.secrets[0], "received_at": moment, "url": dispatch.endpoint.url}
    status = _post(dispatch.endpoint.url, dispatch.payload.encode(), header)
    if dispatch.logged:
        log.append({**record, "status": status})
    return status


def _post(url: str, body: bytes, header: str) -> int | None:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": header,
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Accept": "*/*; q=0.5, application/xml",
        "Cache-Control": "no-cache",
        "Connection": "close",
    }
    try:
        address = urlsplit(url)
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        with closing(kind(address.hostname or "127.0.0.1", address.port, timeout=ANSWER_WITHIN)) as connection:
            connection.request("POST", _target(address), body, headers)
            return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError):  # ValueError: an address that is none
        return None


def _target(address: SplitResult) -> str:
    return (address.path or "/") + (f"?{address.query}" if address.query else "")
