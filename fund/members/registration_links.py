"""The link that confirms a registration. It names the wish and nothing else."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.kit.signing import NOT_VALID, Signer
from fund.members.models import Registration

_PURPOSE = "registration"
LIFETIME = timedelta(days=2)


def registration_token(signer: Signer, registration_id: int) -> str:
    return signer.sign(_PURPOSE, registration_id)


def find_registration(
    session: Session, signer: Signer, *, token: str, lock: bool = False, now: datetime
) -> Registration:
    """What a link confirms; changes nothing. Raises Refusal: 404 not ours, 410 used, replaced or too old."""
    found = signer.read(_PURPOSE, token)
    wish = session.get(Registration, found, with_for_update=lock) if isinstance(found, int) else None
    if wish is None:
        raise Refusal(NOT_VALID, status=404)
    if wish.used_at is not None:
        raise Refusal("This address is confirmed already. Sign in with the password you chose.", status=410)
    if wish.expires_at <= now:
        raise Refusal("This link has expired. Ask for a new one.", status=410)
    return wish
