"""The link that sets a new password. It names the wish and nothing else."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.kit.signing import NOT_VALID, Signer
from fund.members.models import Member, PasswordReset

_PURPOSE = "reset"
LIFETIME = timedelta(hours=1)


def reset_token(signer: Signer, reset_id: int) -> str:
    return signer.sign(_PURPOSE, reset_id)


def find_reset(
    session: Session, signer: Signer, *, token: str, lock: bool = False, now: datetime
) -> tuple[PasswordReset, Member]:
    """Whose password a link sets; changes nothing. Raises Refusal: 404 not ours, 410 used, replaced or too old."""
    found = signer.read(_PURPOSE, token)
    reset = session.get(PasswordReset, found, with_for_update=lock) if isinstance(found, int) else None
    member = session.get(Member, reset.member_id, with_for_update=lock) if reset is not None else None
    if reset is None or member is None:
        raise Refusal(NOT_VALID, status=404)
    if reset.used_at is not None or reset.expires_at <= now or member.deleted_at is not None:
        raise Refusal("This link has expired. Ask for a new one.", status=410)
    return reset, member
