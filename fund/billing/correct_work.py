from datetime import datetime

from sqlalchemy.orm import Session

from fund.billing.find_counsel import find_counsel
from fund.billing.find_unbilled import find_unbilled
from fund.billing.models import TimeEntry
from fund.billing.record_work import facts, record_work
from fund.billing.rules import WorkForm, check_disbursement, check_time


def correct_work(session: Session, *, work_id: str, form: WorkForm, actor: str, now: datetime) -> None:
    """Change a time entry or a disbursement that no bill charges yet."""
    campaign, work = find_unbilled(session, work_id)
    before = facts(work)
    if isinstance(work, TimeEntry):
        check_time(form, today=now.date())
        work.worked_on, work.hours_hundredths, work.rate = form.day, form.hours_hundredths, form.rate
    else:
        check_disbursement(form, today=now.date())
        work.paid_on, work.amount = form.day, form.amount
    work.counsel_id = find_counsel(session, campaign, form.counsel_id).id
    work.narrative = form.narrative
    record_work(session, work, "correct", before=before, after=facts(work), actor=actor, now=now)
