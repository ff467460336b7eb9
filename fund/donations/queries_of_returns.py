"""Reads of money that went back to donors, may go back, or came otherwise than planned."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from fund.donations.models import Dispute, DisputeChange, Donation, HandReturn, MonthlyGift, Refund
from fund.donations.rules import OPEN_REFUNDS

REFUSED_STAYS = timedelta(days=14)
"""A refund that Stripe refused moved nothing; the desk is reminded of it this long."""
UNANSWERED_AFTER = timedelta(hours=1)
STANDING = ("paid", "refunded_in_part")


def refunds_of(session: Session, donation_id: str) -> list[Refund]:
    """Oldest first."""
    query = select(Refund).where(Refund.donation_id == donation_id).order_by(Refund.created_at, Refund.id)
    return list(session.scalars(query))


def owed_to_donor(refunds: Iterable[Refund]) -> int:
    """What failed refunds of one gift still owe, in the currency in which Stripe settled it."""
    return sum(refund.owed for refund in refunds)


def hand_returns_of(session: Session, donation_id: str) -> list[HandReturn]:
    """Oldest first, with those that were taken back."""
    query = select(HandReturn).where(HandReturn.donation_id == donation_id)
    return list(session.scalars(query.order_by(HandReturn.created_at, HandReturn.id)))


def paid_by_hand(session: Session, donation_id: str) -> dict[str, int]:
    """By Stripe's id of a failed refund, what was paid by hand of what it left owed; in the settled currency."""
    query = (
        select(Refund.stripe_refund_id, func.sum(HandReturn.settles))
        .join(HandReturn, HandReturn.refund_id == Refund.id)
        .where(
            HandReturn.donation_id == donation_id,
            HandReturn.reversed_at.is_(None),
            Refund.stripe_refund_id.is_not(None),
        )
        .group_by(Refund.stripe_refund_id)
    )
    return {id_: int(amount) for id_, amount in session.execute(query) if id_ is not None}


def paid_by_refund() -> Subquery:
    """`paid` by `refund_id`: what was paid by hand in place of a refund and stands, in the gift's own currency."""
    query = select(HandReturn.refund_id, func.sum(HandReturn.of_gift).label("paid"))
    return query.where(HandReturn.reversed_at.is_(None)).group_by(HandReturn.refund_id).subquery()


def returned_by_hand(session: Session, donation_id: str) -> int:
    """What of a gift was paid back by hand, in its own currency."""
    query = select(func.coalesce(func.sum(HandReturn.of_gift), 0)).where(
        HandReturn.donation_id == donation_id, HandReturn.reversed_at.is_(None)
    )
    return int(session.scalar(query) or 0)


def newest_refunds(
    session: Session, *, before: tuple[datetime, str] | None = None, limit: int
) -> list[tuple[Refund, Donation]]:
    """A page; `before` is created_at and id of the last one already shown."""
    query = (
        select(Refund, Donation)
        .join(Donation, Donation.id == Refund.donation_id)
        .order_by(Refund.created_at.desc(), Refund.id.desc())
        .limit(limit)
    )
    if before is not None:
        moment, id_ = before
        query = query.where(or_(Refund.created_at < moment, and_(Refund.created_at == moment, Refund.id < id_)))
    return [(refund, donation) for refund, donation in session.execute(query)]


def refunds_to_mend(session: Session, *, now: datetime, limit: int) -> list[tuple[Refund, Donation]]:
    """The oldest first: who waits longest."""
    query = (
        select(Refund, Donation)
        .join(Donation, Donation.id == Refund.donation_id)
        .where(_to_mend(now))
        .order_by(Refund.created_at, Refund.id)
        .limit(limit)
    )
    return [(refund, donation) for refund, donation in session.execute(query)]


def count_refunds_to_mend(session: Session, *, now: datetime) -> int:
    return session.scalar(select(func.count()).select_from(Refund).where(_to_mend(now))) or 0


def _to_mend(now: datetime) -> ColumnElement[bool]:
    """Failed ones that owe a donor, and fresh ones that never left, unless another way was found since."""
    again = aliased(Refund)
    of_the_gift = select(again.id).where(again.donation_id == Refund.donation_id)
    later = of_the_gift.where(again.created_at > Refund.created_at, again.state.in_(OPEN_REFUNDS))
    under_way = later.where(again.moved.is_(False))
    by_hand = select(HandReturn.id).where(HandReturn.refund_id == Refund.id, HandReturn.reversed_at.is_(None))
    never_left = (
        Refund.state.in_(("refused", "failed"))
        & Refund.moved.is_(False)
        & (Refund.created_at > now - REFUSED_STAYS)
        & ~later.exists()
        & ~by_hand.exists()
    )
    owes = (Refund.owed > 0) & ~under_way.exists()
    return or_(owes, never_left)


def count_unanswered_refunds(session: Session, *, now: datetime) -> int:
    """Asked for more than an hour ago, and Stripe has not taken them: it was down, or repeats an error for a day."""
    query = select(func.count()).select_from(Refund)
    query = query.where(Refund.state == "planned", Refund.created_at < now - UNANSWERED_AFTER)
    return session.scalar(query) or 0


def open_disputes(session: Session, *, limit: int) -> list[tuple[Dispute, Donation]]:
    """Those without an end, the nearest deadline first."""
    query = (
        select(Dispute, Donation)
        .join(Donation, Donation.id == Dispute.donation_id)
        .where(Dispute.closed_at.is_(None))
        .order_by(Dispute.due_by.is_(None), Dispute.due_by, Dispute.id)
        .limit(limit)
    )
    return [(dispute, donation) for dispute, donation in session.execute(query)]


def closed_disputes(
    session: Session, *, before: tuple[datetime, str] | None = None, limit: int
) -> list[tuple[Dispute, Donation]]:
    """Newest first, a page; `before` is created_at and id of the last one already shown."""
    query = (
        select(Dispute, Donation)
        .join(Donation, Donation.id == Dispute.donation_id)
        .where(Dispute.closed_at.is_not(None))
        .order_by(Dispute.created_at.desc(), Dispute.id.desc())
        .limit(limit)
    )
    if before is not None:
        moment, id_ = before
        query = query.where(or_(Dispute.created_at < moment, and_(Dispute.created_at == moment, Dispute.id < id_)))
    return [(dispute, donation) for dispute, donation in session.execute(query)]


def disputes_of(session: Session, donation_id: str) -> list[Dispute]:
    """Oldest first."""
    query = select(Dispute).where(Dispute.donation_id == donation_id).order_by(Dispute.created_at, Dispute.id)
    return list(session.scalars(query))


def history_of(session: Session, dispute_id: str) -> list[DisputeChange]:
    """Oldest first."""
    query = select(DisputeChange).where(DisputeChange.dispute_id == dispute_id).order_by(DisputeChange.id)
    return list(session.scalars(query))


def gifts_to_review(session: Session, *, limit: int) -> list[Donation]:
    """Not as planned (late, or another amount), standing, and not accepted yet; oldest first."""
    query = select(Donation).where(Donation.review != "", Donation.state.in_(STANDING))
    return list(session.scalars(query.order_by(Donation.paid_at, Donation.id).limit(limit)))


def count_stoppable(session: Session, campaign_id: int) -> tuple[int, int]:
    """What closing a campaign stops: pages at Stripe that are open, and monthly gifts."""
    pages = (
        select(func.count())
        .select_from(Donation)
        .where(
            Donation.campaign_id == campaign_id,
            Donation.state == "pending",
            Donation.progress == "started",
            Donation.checkout_session_id.is_not(None),
        )
    )
    monthly = select(func.count()).select_from(MonthlyGift)
    monthly = monthly.where(MonthlyGift.campaign_id == campaign_id, MonthlyGift.ended_at.is_(None))
    return session.scalar(pages) or 0, session.scalar(monthly) or 0
