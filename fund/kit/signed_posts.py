"""Posts that prove themselves by a header, as Stripe's and our own do: `t=<unix>,v1=<hex HMAC-SHA256 of "t.body">`.

Several v1, and several secrets, while one is replaced. Every comparison takes as long for a near miss as for rubbish.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

SKEW = 300
"""Seconds the sender's clock may differ from ours, in either direction."""
_LONGEST_HEADER = 4000
_DIGITS = 12


class NotSignedError(Exception):
    """Says why, and never holds what was sent."""


def check_signed(body: bytes, header: str, secrets: Sequence[str], *, now: datetime) -> None:
    """Raises NotSignedError unless one of the secrets signed `body`, just now."""
    pairs = [part.strip().partition("=") for part in header[:_LONGEST_HEADER].split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = [value for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not _is_time(times[0]) or not signatures:
        raise NotSignedError("no signature in the header")
    check_signature(times[0].encode() + b"." + body, signatures, secrets)
    check_age(times[0], now=now)


def check_signature(signed: bytes, signatures: Sequence[str], secrets: Sequence[str]) -> None:
    """One of them, by one of the secrets. Raises NotSignedError."""
    wanted = [hmac.new(secret.encode(), signed, sha256).hexdigest().encode() for secret in secrets]
    given = [one.encode("utf-8", "replace") for one in signatures]
    if not any(hmac.compare_digest(one, other) for one in wanted for other in given):
        raise NotSignedError("no signature matches")


def check_age(moment: str, *, now: datetime, oldest: int = SKEW) -> None:
    """Of what was signed at `moment`, in seconds since 1970. Raises NotSignedError."""
    if not _is_time(moment):
        raise NotSignedError("signed without a time")
    if not -SKEW <= int(now.timestamp()) - int(moment) <= oldest:
        raise NotSignedError("the signature is too old, or from the future")


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS
