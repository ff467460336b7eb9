from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.donations.stop_gifts import stop_gifts
from fund.donations.taken_now import taken_now
from fund.work.queue import Queue

OVER = ("cap", "ended")
_LIMITED = select(Campaign.id).where(
    Campaign.id == bindparam("campaign_id"),
    or_(Campaign.hard_cap.is_not(None), Campaign.gifts_until.is_not(None)),
)
"""Asked after every gift: without limits nothing more is read."""


def stop_when_over(session: Session, queue: Queue, *, campaign_id: int, now: datetime) -> bool:
    """Where the cap is reached or the last day is past: end open pages at Stripe and monthly gifts. Safe to repeat.

    A later revision can let new gifts in again; a monthly gift that was ended stays so.
    """
    if session.execute(_LIMITED, {"campaign_id": campaign_id}).first() is None:
        return False
    session.flush()
    campaign = session.get_one(Campaign, campaign_id)
    over = taken_now(session, campaign, now=now).why_not in OVER
    if over:
        stop_gifts(session, queue, campaign_id=campaign.id)
    return over


def stop_what_is_over(session: Session, queue: Queue, *, within: timedelta | None = None, now: datetime) -> None:
    """Every open campaign with a cap or a last day; `within`: only those whose last day ended so lately."""
    limited = select(Campaign.id).where(Campaign.status == "open")
    if within is None:
        limited = limited.where(or_(Campaign.hard_cap.is_not(None), Campaign.gifts_until <= now))
    else:
        limited = limited.where(Campaign.gifts_until <= now, Campaign.gifts_until > now - within)
    for campaign_id in session.scalars(limited).all():
        stop_when_over(session, queue, campaign_id=campaign_id, now=now)
