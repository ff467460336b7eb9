from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from fund.members.models import MemberSession
from fund.members.rules import SEEN_EVERY


def see_session(session: Session, *, session_id: int, now: datetime) -> None:
    """Note that a session was used just now, unless another request of the same browser already did."""
    session.execute(
        update(MemberSession)
        .where(MemberSession.id == session_id, MemberSession.seen_at <= now - SEEN_EVERY)
        .values(seen_at=now)
    )
