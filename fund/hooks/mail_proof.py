"""Whether a report of the mail provider is one: three ways to prove it, all with MAIL_HOOK_SECRET. No database.

Every comparison takes as long for a near miss as for rubbish. Several secrets count while one is replaced.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

SKEW = 300
"""Seconds the sender's clock may differ from ours, in either direction."""
OLDEST_TOKEN = 24 * 3600
"""A provider repeats for hours what it could not deliver, and may repeat the signature with it. Tokens count once."""


class NotProvenError(Exception):
    """Not authentic, or no report; says which, and never holds what was sent."""


def check_signature(body: bytes, header: str, secrets: Sequence[str], *, now: datetime) -> None:
    """Ours: `t=<unix>,v1=<hex HMAC-SHA256 of "t.body">`, several v1 while a secret is replaced."""
    pairs = [part.strip().partition("=") for part in header[:2000].split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    candidates = [value for name, _, value in pairs if name == "v1"]
    if len(times) != 1:
        raise NotProvenError("no signature in the header")
    signed = times[0].encode("utf-8", "replace") + b"." + body
    if not _any_matches(secrets, signed, candidates):
        raise NotProvenError("no signature matches")
    _check_time(times[0], now=now, oldest=SKEW)


def check_token(moment: str, token: str, signature: str, secrets: Sequence[str], *, now: datetime) -> None:
    """Mailgun's: the hex HMAC-SHA256 of time and token. Does not cover the report: take each token once."""
    if not _any_matches(secrets, f"{moment}{token}".encode("utf-8", "replace"), [signature]):
        raise NotProvenError("no signature matches")
    _check_time(moment, now=now, oldest=OLDEST_TOKEN)


def check_password(password: str, secrets: Sequence[str]) -> None:
    """HTTP basic authentication, of Postmark and others: the user's name may be anything."""
    given = sha256(password.encode("utf-8", "replace")).digest()
    if not any(hmac.compare_digest(sha256(secret.encode()).digest(), given) for secret in secrets):
        raise NotProvenError("the password is another one")


def _any_matches(secrets: Sequence[str], signed: bytes, candidates: Sequence[str]) -> bool:
    expected = [hmac.new(secret.encode(), signed, sha256).hexdigest().encode() for secret in secrets]
    return any(hmac.compare_digest(one, got.encode("utf-8", "replace")) for one in expected for got in candidates)


def _check_time(moment: str, *, now: datetime, oldest: int) -> None:
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12):  # noqa: PLR2004
        raise NotProvenError("signed without a time")
    age = int(now.timestamp()) - int(moment)
    if not -SKEW <= age <= oldest:
        raise NotProvenError("the signature is too old, or from the future")
