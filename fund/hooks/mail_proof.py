"""Whether a report of the mail provider is one: three ways to prove it, all with MAIL_HOOK_SECRET. No database."""

import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256

from fund.kit.signed_posts import NotSignedError, check_age, check_signature, check_signed

OLDEST_TOKEN = 24 * 3600
"""A provider repeats for hours what it could not deliver, and may repeat the signature with it. Tokens count once."""


class NotProvenError(Exception):
    """Not authentic, or no report; says which, and never holds what was sent."""


def check_header(body: bytes, header: str, secrets: Sequence[str], *, now: datetime) -> None:
    """Ours, in the form that `kit/signed_posts` describes. Raises NotProvenError."""
    with _not_proven():
        check_signed(body, header, secrets, now=now)


def check_token(moment: str, token: str, signature: str, secrets: Sequence[str], *, now: datetime) -> None:
    """Mailgun's: the hex HMAC-SHA256 of time and token. Does not cover the report: take each token once."""
    with _not_proven():
        check_signature(f"{moment}{token}".encode("utf-8", "replace"), [signature], secrets)
        check_age(moment, now=now, oldest=OLDEST_TOKEN)


def check_password(password: str, secrets: Sequence[str]) -> None:
    """HTTP basic authentication, of Postmark and others: the user's name may be anything."""
    given = sha256(password.encode("utf-8", "replace")).digest()
    if not any(hmac.compare_digest(sha256(secret.encode()).digest(), given) for secret in secrets):
        raise NotProvenError("the password is another one")


@contextmanager
def _not_proven() -> Iterator[None]:
    try:
        yield
    except NotSignedError as problem:
        raise NotProvenError(str(problem)) from None
