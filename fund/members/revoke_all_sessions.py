from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from fund.members.models import MemberSession


def revoke_all_sessions(session: Session, *, member_id: int, keep: int | None = None, now: datetime) -> int:
    """Sign the member out everywhere, except in the browser whose session id is `keep`. How many were."""
    query = update(MemberSession).where(MemberSession.member_id == member_id, MemberSession.revoked_at.is_(None))
    if keep is not None:
        query = query.where(MemberSession.id != keep)
    changed = session.execute(query.values(revoked_at=now))
    return changed.rowcount if isinstance(changed, CursorResult) else 0
