from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.donations.taken_now import taken_now
from fund.kit.errors import Refusal
from fund.kit.i18n import format_day
from fund.kit.money import Money


def check_gift_is_taken(
    session: Session, campaign: Campaign, *, amount: int | None = None, locale: str, now: datetime
) -> None:
    """Raises Refusal 409: closed, paused, before the first day or after the last, cap reached, or more than it leaves.

    Without `amount` only whether any gift is taken. A gift of the smallest size is always small enough for the cap.
    """
    taken = taken_now(session, campaign, now=now)
    if taken.why_not == "early" and campaign.gifts_from is not None:
        day = format_day(campaign.gifts_from, locale=locale)
        raise Refusal("Gifts are taken from {day} on. Thank you for wanting to help.", status=409, day=day)
    if taken.why_not == "cap":
        raise Refusal("The most that this campaign takes has been given. Thank you for wanting to help.", status=409)
    if taken.why_not:
        raise Refusal("This campaign takes no gifts any more. Thank you for wanting to help.", status=409)
    if amount is not None and taken.largest is not None and amount > taken.largest:
        raise Refusal(
            "The campaign is close to the most it takes: a gift can be at most {largest} now.",
            status=409,
            field="amount",
            largest=Money(taken.largest, campaign.currency),
        )
