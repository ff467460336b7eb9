from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.db.touch_page import touch_page
from fund.kit.errors import Refusal


def close_campaign(session: Session, *, campaign_id: int, actor: str, now: datetime) -> Campaign:
    """No more gifts from this moment; a payment that was on its way is still booked, and marked late."""
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None:
        raise Refusal("There is no such campaign.", status=404)
    if campaign.status not in ("open", "paused"):
        raise Refusal("Only an open campaign can be closed.", status=409)
    before = campaign.status
    campaign.status, campaign.closed_at, campaign.updated_at = "closed", now, now
    record_change(
        session,
        actor=actor,
        action="close_campaign",
        subject=f"campaign:{campaign.id}",
        before={"status": before},
        after={"status": "closed"},
        now=now,
    )
    touch_page(session, campaign.id)
    return campaign
