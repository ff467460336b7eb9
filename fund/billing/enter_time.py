from datetime import datetime

from sqlalchemy.orm import Session

from fund.billing.find_counsel import find_counsel
from fund.billing.form_id import form_id
from fund.billing.lock_campaign import lock_campaign
from fund.billing.made_before import made_before
from fund.billing.models import TimeEntry
from fund.billing.record_work import facts, record_work
from fund.billing.rules import WorkForm, check_time


def enter_time(
    session: Session, *, campaign_id: int, form: WorkForm, nonce: str, actor: str, now: datetime
) -> TimeEntry:
    """Work of counsel that waits to be billed; no money moves. The same form sent twice is one entry."""
    campaign = lock_campaign(session, campaign_id)
    check_time(form, today=now.date())
    counsel = find_counsel(session, campaign, form.counsel_id)
    known = made_before(session, TimeEntry, campaign, nonce)
    if known is not None:
        return known
    entry = TimeEntry(
        id=form_id(nonce),
        campaign_id=campaign.id,
        counsel_id=counsel.id,
        worked_on=form.day,
        hours_hundredths=form.hours_hundredths,
        rate=form.rate,
        narrative=form.narrative,
        created_at=now,
        created_by=actor,
    )
    session.add(entry)
    record_work(session, entry, "enter", after=facts(entry), actor=actor, now=now)
    return entry
