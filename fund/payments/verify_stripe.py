"""Whether a webhook is Stripe's, and fresh.

Written out because the library's own check is not enough: it takes one secret, sets no upper bound on the time, and
answers a signed `[]` with an AttributeError. The scheme is public (docs.stripe.com/webhooks/signature), and
`kit/signed_posts` knows it.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from fund.kit.clock import from_unix
from fund.kit.signed_posts import NotSignedError, check_signed
from fund.payments.gateway import Envelope, NotAuthenticError

LONGEST_ID = 255
LONGEST_TYPE = 100


def verify(body: bytes, signature: str, secrets: list[str], *, now: datetime) -> Envelope:
    """Raises NotAuthenticError and nothing else."""
    try:
        check_signed(body, signature, secrets, now=now)
    except NotSignedError as problem:
        raise NotAuthenticError(str(problem)) from None
    return _envelope(body)


def _envelope(body: bytes) -> Envelope:
    try:
        event = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NotAuthenticError("signed, but not JSON") from None
    return read_envelope(event, body)


def read_envelope(event: object, body: bytes = b"") -> Envelope:
    """Of a signed body, or of an event that the API listed (then without a digest). Raises NotAuthenticError."""
    if not isinstance(event, dict) or event.get("object") != "event":
        raise NotAuthenticError("signed, but not a snapshot event")
    data = event.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    if not isinstance(thing, dict):
        raise NotAuthenticError("signed, but without an object")
    return Envelope(
        id=_text(event, "id", LONGEST_ID),
        type=_text(event, "type", LONGEST_TYPE),
        livemode=event.get("livemode") is True,
        api_version=_optional(event, "api_version", 60),
        account=_optional(event, "account", LONGEST_ID),
        object_id=_optional(thing, "id", LONGEST_ID) or "",
        object_type=_optional(thing, "object", 60) or "",
        created=_created(event),
        body_sha256=hashlib.sha256(body).hexdigest() if body else "",
    )


def _text(event: dict[str, Any], name: str, longest: int) -> str:
    value = event.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise NotAuthenticError(f"signed, but its {name} is no {name}")
    return value


def _optional(thing: dict[str, Any], name: str, longest: int) -> str | None:
    value = thing.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= longest and value.isprintable() else None


def _created(event: dict[str, Any]) -> datetime:
    created = event.get("created")
    if not isinstance(created, int) or isinstance(created, bool) or not 0 <= created < 253402300800:  # noqa: PLR2004
        raise NotAuthenticError("signed, but its created is no time")
    return from_unix(created)
