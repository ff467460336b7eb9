import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.members.models import MemberSession
from fund.members.queries import member_by_id, token_digest
from fund.members.rules import SESSION_LIFETIME


def sign_in(session: Session, *, member_id: int, now: datetime) -> str:
    """Open a session for one browser, after `check_credentials`. Returns its token, which is kept nowhere else."""
    if member_by_id(session, member_id) is None:
        raise Refusal("This address and this password do not belong together.", field="password")
    token = secrets.token_urlsafe(32)
    session.add(
        MemberSession(
            token_sha256=token_digest(token),
            member_id=member_id,
            created_at=now,
            seen_at=now,
            expires_at=now + SESSION_LIFETIME,
        )
    )
    return token
