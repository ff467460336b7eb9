from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.billing.enter_disbursement import disbursement_facts
from fund.billing.enter_time import time_facts
from fund.billing.find_counsel import find_counsel
from fund.billing.find_unbilled import find_unbilled
from fund.billing.models import TimeEntry
from fund.billing.rules import WorkForm, check_disbursement, check_time


def correct_work(session: Session, *, work_id: str, form: WorkForm, actor: str, now: datetime) -> None:
    """Change a time entry or a disbursement that no bill charges yet."""
    campaign, work = find_unbilled(session, work_id)
    before = time_facts(work) if isinstance(work, TimeEntry) else disbursement_facts(work)
    if isinstance(work, TimeEntry):
        check_time(form, today=now.date())
        work.worked_on, work.hours_hundredths, work.rate = form.day, form.hours_hundredths, form.rate
    else:
        check_disbursement(form, today=now.date())
        work.paid_on, work.amount = form.day, form.amount
    work.counsel_id = find_counsel(session, campaign, form.counsel_id).id
    work.narrative = form.narrative
    is_time = isinstance(work, TimeEntry)
    record_change(
        session,
        actor=actor,
        action="correct_time" if is_time else "correct_disbursement",
        subject=f"{'time' if is_time else 'disbursement'}:{work.id}",
        before=before,
        after=time_facts(work) if isinstance(work, TimeEntry) else disbursement_facts(work),
        now=now,
    )
