from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.members.ask_new_address import end_wishes


def withdraw_address(session: Session, *, member_id: int, actor: str, now: datetime) -> None:
    """The address stays as it is; the links that were sent lead nowhere. Repeating is harmless."""
    end_wishes(session, member_id, now=now)
    record_change(session, actor=actor, action="withdraw_address", subject=f"member:{member_id}", now=now)
