"""Monthly gifts end with what they were for: when the campaign closes, and at its target if the donor chose so."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Donation, MonthlyGift
from fund.work.queue import Queue


def stop_monthly_gifts(session: Session, queue: Queue, *, campaign_id: int, only_at_target: bool = False) -> int:
    """Have Stripe end them, one task each; how many. Safe to repeat: ending twice is harmless."""
    query = select(MonthlyGift.id).where(MonthlyGift.campaign_id == campaign_id, MonthlyGift.ended_at.is_(None))
    if only_at_target:
        query = query.where(MonthlyGift.stop_at_target.is_(True))
    ids = list(session.scalars(query))
    for monthly_gift_id in ids:
        queue.enqueue(session, "cancel_monthly_gift", monthly_gift_id)
    return len(ids)


def stop_when_target_is_met(session: Session, queue: Queue, *, donation_id: str) -> int:
    """After a gift was booked: the monthly gifts that were meant to last until the target."""
    donation = session.get_one(Donation, donation_id)
    until_target = select(MonthlyGift.id).where(
        MonthlyGift.campaign_id == donation.campaign_id,
        MonthlyGift.stop_at_target.is_(True),
        MonthlyGift.ended_at.is_(None),
    )
    if session.execute(until_target.limit(1)).first() is None:
        return 0
    session.flush()
    return _stop_if_met(session, queue, donation.campaign_id)


def stop_where_targets_are_met(session: Session, queue: Queue) -> int:
    """Hourly, over all campaigns: those that Stripe did not end when the target was met."""
    until_target = select(MonthlyGift.campaign_id).where(
        MonthlyGift.stop_at_target.is_(True), MonthlyGift.ended_at.is_(None)
    )
    return sum(_stop_if_met(session, queue, campaign_id) for campaign_id in session.scalars(until_target.distinct()))


def _stop_if_met(session: Session, queue: Queue, campaign_id: int) -> int:
    if campaign_progress(session, session.get_one(Campaign, campaign_id)).to_raise > 0:
        return 0
    return stop_monthly_gifts(session, queue, campaign_id=campaign_id, only_at_target=True)
