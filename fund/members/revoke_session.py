from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from fund.members.models import MemberSession


def revoke_session(session: Session, *, member_id: int, session_id: int, now: datetime) -> bool:
    """Sign one of the member's own browsers out; False when it was not theirs or out already."""
    changed = session.execute(
        update(MemberSession)
        .where(MemberSession.id == session_id, MemberSession.member_id == member_id, MemberSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return isinstance(changed, CursorResult) and changed.rowcount == 1
