from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.closing.find_cover import UNDER_WAY, Cover, find_cover
from fund.closing.queries import live_plan
from fund.kit.errors import Refusal
from fund.kit.money import Money


def check_promised(session: Session, *, campaign_id: int, leaving: int = 0) -> None:
    """Raises Refusal where money would leave a campaign that its donors were promised as their part of a surplus.

    `leaving` is what is about to go, minor units. Asked once more after it was booked, in the same session, while the
    campaign is locked: a plan that somebody confirms meanwhile is then either seen, or finds that it is stale.
    """
    cover = find_cover(session, campaign_id)
    if is_promised(session, campaign_id, cover) and cover.available - leaving < cover.promised:
        raise Refusal(
            "{promised} of this money goes back to those who gave, as their part of the surplus.",
            field="amount",
            status=409,
            promised=Money(cover.promised, session.get_one(Campaign, campaign_id).currency),
        )


def is_promised(session: Session, campaign_id: int, cover: Cover) -> bool:
    """Without a surplus that goes back, a refund that is on its way is nobody's reason to wait."""
    plan = live_plan(session, campaign_id)
    return bool(cover.by_hand) or (plan is not None and plan.state in UNDER_WAY)
