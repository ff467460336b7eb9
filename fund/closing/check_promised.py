from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.queries import promised_by_hand
from fund.donations.campaign_progress import campaign_progress
from fund.kit.errors import Refusal
from fund.kit.money import Money


def check_promised(session: Session, *, campaign_id: int, leaving: int = 0) -> None:
    """Raises Refusal where money would leave a campaign that its donors were promised as their part of a surplus.

    `leaving` is what is about to go, minor units. Asked once more after it was booked, in the same session, while the
    campaign is locked: a plan that somebody confirms meanwhile is then either seen, or finds that it is stale.
    """
    campaign = session.get_one(Campaign, campaign_id)
    promised = _under_way(session, campaign_id) + sum(promised_by_hand(session, campaign_id).values())
    if promised and campaign_progress(session, campaign).available - leaving < promised:
        raise Refusal(
            "{promised} of this money goes back to those who gave, as their part of the surplus.",
            field="amount",
            status=409,
            promised=Money(promised, campaign.currency),
        )


def _under_way(session: Session, campaign_id: int) -> int:
    """Shares of a plan that was confirmed and is not through, as far as they have not left."""
    query = (
        select(func.coalesce(func.sum(SurplusShare.amount), 0))
        .join(SurplusPlan, SurplusPlan.id == SurplusShare.plan_id)
        .where(
            SurplusPlan.live_key == campaign_id,
            SurplusPlan.state.in_(("confirmed", "running", "paused")),
            SurplusShare.state.in_(("planned", "sent")),
        )
    )
    return int(session.scalar(query) or 0)
