from datetime import datetime

from sqlalchemy.orm import Session

from fund.billing.find_counsel import find_counsel
from fund.billing.form_id import form_id
from fund.billing.lock_campaign import lock_campaign
from fund.billing.made_before import made_before
from fund.billing.models import Disbursement
from fund.billing.record_work import facts, record_work
from fund.billing.rules import WorkForm, check_disbursement


def enter_disbursement(
    session: Session, *, campaign_id: int, form: WorkForm, nonce: str, actor: str, now: datetime
) -> Disbursement:
    """A cost that counsel paid for us and will bill; no money moves. The same form sent twice is one."""
    campaign = lock_campaign(session, campaign_id)
    check_disbursement(form, today=now.date())
    counsel = find_counsel(session, campaign, form.counsel_id)
    known = made_before(session, Disbursement, campaign, nonce)
    if known is not None:
        return known
    cost = Disbursement(
        id=form_id(nonce),
        campaign_id=campaign.id,
        counsel_id=counsel.id,
        paid_on=form.day,
        amount=form.amount,
        narrative=form.narrative,
        created_at=now,
        created_by=actor,
    )
    session.add(cost)
    record_work(session, cost, "enter", after=facts(cost), actor=actor, now=now)
    return cost
