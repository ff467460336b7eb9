from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.members.queries import member_by_id


def set_update_preference(session: Session, *, member_id: int, wants_updates: bool, source: str, now: datetime) -> None:
    """Whether the member is written to. `source` says where consent was given, for the footer of the mails."""
    member = member_by_id(session, member_id)
    if member is None:
        raise Refusal("There is no such member.", status=404)
    if member.wants_updates == wants_updates:
        return
    member.wants_updates = wants_updates
    if wants_updates:
        member.consent_source, member.consent_at = source, now
    record_change(
        session,
        actor=f"member:{member_id}",
        action="set_update_preference",
        subject=f"member:{member_id}",
        before={"wants_updates": not wants_updates},
        after={"wants_updates": wants_updates},
        now=now,
    )
