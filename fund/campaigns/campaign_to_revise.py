from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.kit.errors import Refusal

REVISABLE = ("open", "paused")


def campaign_to_revise(session: Session, campaign_id: int) -> Campaign:
    """Locked. Raises Refusal 404, or 409 where there are no terms to revise in public."""
    campaign = session.get(Campaign, campaign_id, with_for_update=True, populate_existing=True)
    if campaign is None:
        raise Refusal("There is no such campaign.", status=404)
    if campaign.status == "draft":
        raise Refusal("A draft is simply edited: nobody has given under its terms.", status=409)
    if campaign.status not in REVISABLE:
        raise Refusal("The campaign is closed: its terms stay as they were.", status=409)
    return campaign


def check_seen(campaign: Campaign, seen: str) -> None:
    """`seen` is the campaign's `updated_at`, in ISO format, that the form was made from."""
    if campaign.updated_at.isoformat() != seen:
        raise Refusal("Somebody else changed this campaign meanwhile. Look at their version first.", status=409)
