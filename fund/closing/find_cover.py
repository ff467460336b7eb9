"""Whether what donors were promised of a surplus is still there, whatever has become of it since."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.queries import promised_by_hand
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Donation, Refund

UNDER_WAY = ("confirmed", "running", "paused", "short")
"""The states of a plan that was confirmed and is not through."""
NOT_LEFT = ("planned", "pending", "requires_action")
"""The states of a refund that may still take its money along."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What a campaign has, and what of it is to go back to donors; minor units."""

    available: int
    """As the books have it: what disputes hold is not in it, and what has left is not in it any more."""
    to_send: int
    """Shares of a confirmed plan that were not begun."""
    leaving: int
    """Refunds of any kind that were asked for and have not left."""
    by_hand: int
    """Shares that a person has to pay, or is about to be told to."""

    @property
    def promised(self) -> int:
        return self.to_send + self.leaving + self.by_hand

    @property
    def lacks(self) -> int:
        return max(0, self.promised - self.available)


def find_cover(session: Session, campaign_id: int) -> Cover:
    """Each part of the promise counts once, from the share that was not begun to the refund that has left.

    A share that is on its way counts as its refund, and no more once that is in the books; one whose refund came back
    is a debt there, which `available` leaves out; one that was refused counts as to be paid by hand at once.
    """
    campaign = session.get_one(Campaign, campaign_id)
    return Cover(
        available=campaign_progress(session, campaign).available,
        to_send=_to_send(session, campaign_id),
        leaving=_leaving(session, campaign_id),
        by_hand=sum(promised_by_hand(session, campaign_id).values()) + _refused_just_now(session, campaign_id),
    )


def _to_send(session: Session, campaign_id: int) -> int:
    query = (
        select(func.coalesce(func.sum(SurplusShare.amount), 0))
        .join(SurplusPlan, SurplusPlan.id == SurplusShare.plan_id)
        .where(
            SurplusPlan.live_key == campaign_id,
            SurplusPlan.state.in_(UNDER_WAY),
            SurplusShare.state == "planned",
        )
    )
    return int(session.scalar(query) or 0)


def _leaving(session: Session, campaign_id: int) -> int:
    query = (
        select(func.coalesce(func.sum(Refund.amount), 0))
        .join(Donation, Donation.id == Refund.donation_id)
        .where(Donation.campaign_id == campaign_id, Refund.state.in_(NOT_LEFT), Refund.moved.is_(False))
    )
    return int(session.scalar(query) or 0)


def _refused_just_now(session: Session, campaign_id: int) -> int:
    """Shares that do not yet say that their refund was refused, called off, or failed before it left."""
    query = (
        select(func.coalesce(func.sum(SurplusShare.amount), 0))
        .join(Refund, Refund.id == SurplusShare.refund_id)
        .join(SurplusPlan, SurplusPlan.id == SurplusShare.plan_id)
        .where(
            SurplusPlan.campaign_id == campaign_id,
            SurplusShare.state.in_(("sent", "succeeded")),
            Refund.batch == SurplusPlan.id,
            or_(Refund.state.in_(("refused", "canceled")), (Refund.state == "failed") & Refund.moved.is_(False)),
        )
    )
    return int(session.scalar(query) or 0)
