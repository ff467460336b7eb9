from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.gifts_taken import GiftsTaken, gifts_taken
from fund.campaigns.models import Campaign
from fund.donations.campaign_progress import campaign_progress


def taken_now(session: Session, campaign: Campaign, *, now: datetime) -> GiftsTaken:
    """Whether a campaign takes gifts at this moment; its figures are read only where a cap needs them."""
    figures = campaign_progress(session, campaign) if campaign.hard_cap is not None else None
    return gifts_taken(campaign, figures, now=now)
