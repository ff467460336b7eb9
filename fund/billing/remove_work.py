from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.billing.enter_disbursement import disbursement_facts
from fund.billing.enter_time import time_facts
from fund.billing.find_unbilled import find_unbilled
from fund.billing.models import TimeEntry


def remove_work(session: Session, *, work_id: str, actor: str, now: datetime) -> int:
    """Delete a time entry or a disbursement that was entered by mistake and is not billed; the campaign's id."""
    campaign, work = find_unbilled(session, work_id)
    is_time = isinstance(work, TimeEntry)
    record_change(
        session,
        actor=actor,
        action="remove_time" if is_time else "remove_disbursement",
        subject=f"{'time' if is_time else 'disbursement'}:{work.id}",
        before=time_facts(work) if isinstance(work, TimeEntry) else disbursement_facts(work),
        now=now,
    )
    session.delete(work)
    return campaign.id
