from datetime import datetime

from sqlalchemy.orm import Session

from fund.billing.find_unbilled import find_unbilled
from fund.billing.record_work import facts, record_work


def remove_work(session: Session, *, work_id: str, actor: str, now: datetime) -> int:
    """Delete a time entry or a disbursement that was entered by mistake and is not billed; the campaign's id."""
    campaign, work = find_unbilled(session, work_id)
    record_work(session, work, "remove", before=facts(work), actor=actor, now=now)
    session.delete(work)
    return campaign.id
