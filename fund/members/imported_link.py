"""The link by which somebody of an imported list chooses a password. It names the member's row and nothing else."""

from datetime import timedelta

from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.kit.signing import NOT_VALID, Signer
from fund.members.models import Member

_PURPOSE = "imported"
LIFETIME = timedelta(days=30)
OVER = 410


def imported_token(signer: Signer, member_id: int) -> str:
    """Dated."""
    return signer.sign_dated(_PURPOSE, member_id)


def is_imported_token(signer: Signer, token: str) -> bool:
    """Whether we made it for this, however long ago."""
    try:
        return isinstance(signer.read_dated(_PURPOSE, token, lifetime=LIFETIME), int)
    except Refusal as refusal:
        return refusal.status == OVER


def find_imported(session: Session, signer: Signer, *, token: str, lock: bool = False) -> Member:
    """Whom a link invites; changes nothing. Raises Refusal: 404 not ours, 410 too old, used, or of who has gone."""
    found = signer.read_dated(_PURPOSE, token, lifetime=LIFETIME)
    member = session.get(Member, found, with_for_update=lock) if isinstance(found, int) else None
    if member is None:
        raise Refusal(NOT_VALID, status=404)
    if member.password_hash:
        raise Refusal("This invitation was used already. Sign in with the password you chose.", status=410)
    if member.deleted_at is not None:
        raise Refusal("This invitation is over. Ask for a new one.", status=410)
    return member
