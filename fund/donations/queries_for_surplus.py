"""Reads of a campaign's gifts for the division of what is left: in a few questions, however many gifts there are."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.donations.models import Dispute, Donation, HandReturn, Refund
from fund.donations.rules import SETTLED, STANDING_REFUNDS, in_gift_currency

SHARE = "close"
"""The origin of a refund that is a part of a surplus."""


@dataclass(frozen=True, slots=True)
class SettledGift:
    """A gift that was paid and did not come back; minor units of its own currency."""

    id: str
    kind: str
    currency: str
    surplus_policy_id: int | None
    left: int
    """Its amount less refunds, payments by hand and disputes, earlier shares of a surplus aside."""
    shared: int
    """Earlier shares of a surplus that stand."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """How many things of a campaign have not come to their end, each of which would change what is left."""

    disputes: int
    refunds: int
    """Asked for, and not moved yet."""
    arriving: int
    """Gifts that are paid or being debited, and not in the books yet."""
    to_review: int
    """Gifts after the close, or of another amount, of which nobody has said whether they stay."""
    in_other_currencies: int


def settled_gifts(session: Session, campaign_id: int) -> list[SettledGift]:
    """By id. What is given back in full by shares is among them: it has had its part."""
    other, shares = _went_back(session, campaign_id)
    taken = _taken(session, campaign_id)
    query = (
        select(Donation.id, Donation.kind, Donation.currency, Donation.surplus_policy_id, Donation.amount)
        .where(Donation.campaign_id == campaign_id, Donation.paid_at.is_not(None), Donation.came_back.is_(False))
        .order_by(Donation.id)
    )
    return [
        SettledGift(id_, kind, currency, policy, amount - other.get(id_, 0) - taken.get(id_, 0), shares.get(id_, 0))
        for id_, kind, currency, policy, amount in session.execute(query)
    ]


def unsettled(session: Session, campaign_id: int, currency: str) -> Unsettled:
    of_campaign = Donation.campaign_id == campaign_id
    disputes = select(func.count()).select_from(Dispute).join(Donation, Donation.id == Dispute.donation_id)
    refunds = select(func.count()).select_from(Refund).join(Donation, Donation.id == Refund.donation_id)
    gifts = select(func.count()).select_from(Donation).where(of_campaign)
    waiting = Refund.state.in_(("planned", "pending", "requires_action")) & Refund.moved.is_(False)
    return Unsettled(
        disputes=session.scalar(disputes.where(of_campaign, Dispute.closed_at.is_(None))) or 0,
        refunds=session.scalar(refunds.where(of_campaign, waiting)) or 0,
        arriving=session.scalar(
            gifts.where(Donation.state == "pending", Donation.progress.in_(("processing", "awaiting_fee")))
        )
        or 0,
        to_review=session.scalar(gifts.where(Donation.review != "", Donation.state.in_(("paid", "refunded_in_part"))))
        or 0,
        in_other_currencies=session.scalar(gifts.where(Donation.currency != currency, Donation.state.in_(SETTLED)))
        or 0,
    )


def _went_back(session: Session, campaign_id: int) -> tuple[dict[str, int], dict[str, int]]:
    """By gift: what went back otherwise, and by shares of a surplus; through Stripe, or paid by hand in its place."""
    through_stripe = (
        select(Refund.donation_id, Refund.origin, func.sum(Refund.amount))
        .join(Donation, Donation.id == Refund.donation_id)
        .where(Donation.campaign_id == campaign_id, Refund.state.in_(STANDING_REFUNDS))
        .group_by(Refund.donation_id, Refund.origin)
    )
    by_hand = (
        select(HandReturn.donation_id, Refund.origin, func.sum(HandReturn.of_gift))
        .join(Refund, Refund.id == HandReturn.refund_id)
        .join(Donation, Donation.id == HandReturn.donation_id)
        .where(Donation.campaign_id == campaign_id, HandReturn.reversed_at.is_(None))
        .group_by(HandReturn.donation_id, Refund.origin)
    )
    other: dict[str, int] = {}
    shares: dict[str, int] = {}
    for donation_id, origin, amount in [*session.execute(through_stripe), *session.execute(by_hand)]:
        kept = shares if origin == SHARE else other
        kept[donation_id] = kept.get(donation_id, 0) + int(amount)
    return other, shares


def _taken(session: Session, campaign_id: int) -> dict[str, int]:
    """By gift, what disputes hold or took, in the gift's own currency."""
    query = select(Dispute).join(Donation, Donation.id == Dispute.donation_id)
    taken: dict[str, int] = {}
    for row in session.scalars(query.where(Donation.campaign_id == campaign_id)):
        gone = max(0, row.withdrawn - row.reinstated)
        part = in_gift_currency(gone, given=row.amount, booked=row.withdrawn)
        taken[row.donation_id] = taken.get(row.donation_id, 0) + part
    return taken
