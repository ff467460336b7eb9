from sqlalchemy.orm import Session

from fund.billing.lock_campaign import lock_campaign
from fund.billing.models import Disbursement, TimeEntry
from fund.campaigns.models import Campaign
from fund.kit.errors import Refusal


def find_unbilled(session: Session, work_id: str) -> tuple[Campaign, TimeEntry | Disbursement]:
    """Work that may still be changed, and its campaign, locked. Raises Refusal once a bill charges it."""
    work = session.get(TimeEntry, work_id) or session.get(Disbursement, work_id)
    if work is None:
        raise Refusal("There is no such entry.", status=404)
    campaign = lock_campaign(session, work.campaign_id)
    session.refresh(work)
    if work.bill_id is not None:
        raise Refusal("A bill charges this already: it is changed only by reversing the bill.", status=409)
    return campaign, work
