from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.kit.errors import Refusal


def lock_campaign(session: Session, campaign_id: int) -> Campaign:
    """A launched campaign, whose money nobody else moves until this session ends. Raises Refusal if there is none.

    All campaigns of its currency are locked, always in one order: they share a bank account, and two that pay counsel
    at once must not find the same money there.
    """
    currency = select(Campaign.currency).where(Campaign.id == campaign_id).scalar_subquery()
    together = select(Campaign.id).where(Campaign.currency == currency).order_by(Campaign.id)
    session.execute(together.with_for_update(key_share=True)).all()
    campaign = session.get(Campaign, campaign_id, populate_existing=True)
    if campaign is None or campaign.status == "draft":
        raise Refusal("There is no such campaign.", status=404)
    return campaign
