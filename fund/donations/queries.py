"""Reads of gifts: as the public sees them, as the desk does, and what still waits for Stripe."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.db.types import address_indexes
from fund.donations.models import Dispute, Donation, DonorCount, HandReturn, MonthlyGift, Refund
from fund.donations.rules import SETTLED, STANDING_REFUNDS

# Built once, for each campaign's page. Columns and not rows: an address is encrypted too, and would be decrypted here.
_SHOWN = (
    select(
        Donation.display_name,
        case((Donation.message_state == "shown", Donation.message)),
        Donation.amount,
        Donation.currency,
        func.coalesce(Donation.paid_at, Donation.created_at),
    )
    .where(
        Donation.campaign_id == bindparam("campaign_id"),
        Donation.state.in_(SETTLED),
        Donation.visibility == "public",
        Donation.name_withheld_at.is_(None),
    )
    .order_by(Donation.paid_at.desc())
)
_COUNTED = select(DonorCount.named, DonorCount.gifts).where(DonorCount.campaign_id == bindparam("campaign_id"))
_PAID_AT = select(Donation.paid_at).where(
    or_(
        Donation.checkout_session_id == bindparam("object_id"),
        Donation.payment_intent_id == bindparam("object_id"),
        Donation.charge_id == bindparam("object_id"),
    )
)


@dataclass(frozen=True, slots=True)
class ShownDonor:
    """A gift of somebody who chose to be named. `message` is None unless it was read and let through."""

    name: str
    message: str | None
    amount: int
    currency: str
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class ShownDonors:
    """The newest named gifts, and how many there are besides that show no name."""

    named: list[ShownDonor]
    more_named: int
    unnamed: int


def donation_of_session(session: Session, checkout_session_id: str) -> Donation | None:
    """Of an address as it was typed: PostgreSQL is not asked for what it cannot hold."""
    if not checkout_session_id.isprintable():
        return None
    return session.scalars(select(Donation).where(Donation.checkout_session_id == checkout_session_id)).one_or_none()


def is_paid(session: Session, object_id: str) -> bool:
    """Whether the gift that this session, payment intent or charge belongs to is in the books."""
    return session.scalar(_PAID_AT, {"object_id": object_id}) is not None


def shown_donors(session: Session, campaign_id: int, *, limit: int = 60) -> ShownDonors:
    """Newest first. A name that the desk withheld counts as unnamed."""
    which = {"campaign_id": campaign_id}
    shown = [
        ShownDonor(name or "", message, amount, currency, paid_at)
        for name, message, amount, currency, paid_at in session.execute(_SHOWN.limit(limit), which)
    ]
    counts = dict(session.execute(_COUNTED, which).all())
    return ShownDonors(shown, more_named=max(0, counts.get(True, 0) - len(shown)), unnamed=counts.get(False, 0))


def messages_without_name(session: Session, campaign_id: int, *, limit: int = 20) -> list[str]:
    """Messages that were let through, of donors the public does not see by name."""
    query = (
        select(Donation)
        .where(
            Donation.campaign_id == campaign_id,
            Donation.state.in_(SETTLED),
            Donation.message_state == "shown",
            Donation.visibility == "hidden",
        )
        .order_by(Donation.paid_at.desc(), Donation.id)
        .limit(limit)
    )
    return [row.message or "" for row in session.scalars(query)]


def list_donations(
    session: Session,
    *,
    campaign_id: int | None = None,
    state: str | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Donation]:
    """For the desk: newest first, a page; `before` is created_at and id of the last one already shown."""
    query = select(Donation).order_by(Donation.created_at.desc(), Donation.id.desc()).limit(limit)
    if campaign_id is not None:
        query = query.where(Donation.campaign_id == campaign_id)
    if state is not None:
        query = query.where(Donation.state == state)
    if before is not None:
        moment, id_ = before
        query = query.where(or_(Donation.created_at < moment, (Donation.created_at == moment) & (Donation.id < id_)))
    return list(session.scalars(query))


def gifts_of_address(
    session: Session, address: str, *, before: tuple[datetime, str] | None = None, limit: int
) -> list[Donation]:
    """Newest first, what was given with an address, without what never came to be; `before` as in list_donations."""
    query = (
        select(Donation)
        .where(Donation.email_index.in_(address_indexes(address)), Donation.state != "expired")
        .order_by(Donation.created_at.desc(), Donation.id.desc())
        .limit(limit)
    )
    if before is not None:
        moment, id_ = before
        query = query.where(or_(Donation.created_at < moment, (Donation.created_at == moment) & (Donation.id < id_)))
    return list(session.scalars(query))


def held_messages(session: Session, *, limit: int = 50) -> list[Donation]:
    """Paid gifts whose message waits to be read, oldest first."""
    query = select(Donation).where(Donation.message_state == "held", Donation.state.in_(SETTLED))
    return list(session.scalars(query.order_by(Donation.paid_at, Donation.id).limit(limit)))


def waiting_for_stripe(session: Session, *, now: datetime, older_than: timedelta, limit: int = 500) -> list[str]:
    """Ids of pending gifts that have been at Stripe for a while: a webhook may have been missed."""
    query = (
        select(Donation.id)
        .where(
            Donation.state == "pending",
            Donation.checkout_session_id.is_not(None),
            Donation.created_at < now - older_than,
        )
        .order_by(Donation.created_at)
        .limit(limit)
    )
    return list(session.scalars(query))


def donations_by_charge(session: Session, charge_ids: list[str]) -> set[str]:
    """Which of these charges have a gift."""
    return set(session.scalars(select(Donation.charge_id).where(Donation.charge_id.in_(charge_ids))))


def held_by_disputes(session: Session) -> dict[str, int]:
    """By settled currency, what disputes have taken and neither given back nor kept."""
    held = func.sum(Dispute.withdrawn - Dispute.reinstated - Dispute.lost)
    query = select(Dispute.settled_currency, held).group_by(Dispute.settled_currency)
    return {currency: int(amount) for currency, amount in session.execute(query) if amount}


def gifts_that_stand(session: Session, campaign_id: int, currency: str) -> int:
    """Booked gifts less what went back by refunds, by hand, by lost disputes and returns; minor units.

    A debit that came back took all that was left of its gift, so nothing of it stands.
    """
    of_campaign = (
        (Donation.campaign_id == campaign_id)
        & (Donation.currency == currency)
        & Donation.paid_at.is_not(None)
        & Donation.came_back.is_(False)
    )
    given = select(func.coalesce(func.sum(Donation.amount), 0)).where(of_campaign)
    refunded = (
        select(func.coalesce(func.sum(Refund.amount), 0))
        .join(Donation, Donation.id == Refund.donation_id)
        .where(of_campaign, Refund.moved.is_(True), Refund.state.in_(STANDING_REFUNDS))
    )
    lost = (
        select(func.coalesce(func.sum(Dispute.lost), 0))
        .join(Donation, Donation.id == Dispute.donation_id)
        .where(of_campaign)
    )
    by_hand = (
        select(func.coalesce(func.sum(HandReturn.of_gift), 0))
        .join(Donation, Donation.id == HandReturn.donation_id)
        .where(of_campaign, HandReturn.reversed_at.is_(None))
    )
    went = (refunded, lost, by_hand)
    return int(session.scalar(given) or 0) - sum(int(session.scalar(query) or 0) for query in went)


def open_subscriptions(session: Session) -> list[str]:
    """Stripe's ids of monthly gifts that have not ended, as far as we know."""
    return list(session.scalars(select(MonthlyGift.subscription_id).where(MonthlyGift.ended_at.is_(None))))


def unsent_refunds(session: Session, *, planned_before: datetime) -> list[str]:
    """Ids of refunds that were decided and of which Stripe has not heard, as far as we know."""
    query = select(Refund.id).where(Refund.state == "planned", Refund.created_at < planned_before)
    return list(session.scalars(query.order_by(Refund.created_at)))


def monthly_gifts_to_end(session: Session) -> list[str]:
    """Ids of those that go on although their campaign has closed."""
    query = select(MonthlyGift.id).join(Campaign, Campaign.id == MonthlyGift.campaign_id)
    return list(session.scalars(query.where(MonthlyGift.ended_at.is_(None), Campaign.status.not_in(("open", "draft")))))
