from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from fund.members.models import MemberSession
from fund.members.queries import token_digest


def sign_out(session: Session, *, token: str, now: datetime) -> None:
    """End this browser's session for good: a copy of its cookie opens nothing any more. Repeating is harmless."""
    session.execute(
        update(MemberSession)
        .where(MemberSession.token_sha256 == token_digest(token), MemberSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
