"""Whether a campaign takes gifts at a moment, and how large one may be: status, days of gifts and hard cap."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fund.campaigns.models import Campaign
from fund.campaigns.progress import Progress
from fund.campaigns.rules import largest_gift

ONE_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class GiftsTaken:
    """`why_not` is status, early, ended or cap; empty while gifts are taken."""

    why_not: str
    largest: int | None
    """The largest gift that the cap leaves room for, minor units; None without a cap."""
    left: int | None
    """What is left up to the cap, never below zero."""
    last_day: datetime | None
    """A moment of the last day of gifts; None when no end is set."""

    @property
    def now(self) -> bool:
        return not self.why_not


def gifts_taken(campaign: Campaign, figures: Progress | None, *, now: datetime) -> GiftsTaken:
    """What counts against the cap is what was given and has not gone back; without a cap `figures` may be None."""
    until, left, largest = campaign.gifts_until, None, None
    if campaign.hard_cap is not None and figures is not None:
        left = max(0, campaign.hard_cap - figures.raised_gross + figures.refunded)
        largest = largest_gift(left, minimum=campaign.minimum_gift)
    return GiftsTaken(_why_not(campaign, left, now), largest, left, until - ONE_MOMENT if until else None)


def _why_not(campaign: Campaign, left: int | None, now: datetime) -> str:
    if campaign.status != "open":
        return "status"
    if campaign.gifts_from is not None and now < campaign.gifts_from:
        return "early"
    if campaign.gifts_until is not None and now >= campaign.gifts_until:
        return "ended"
    return "cap" if left == 0 else ""
