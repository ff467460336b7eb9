"""Reads of declined cards, and of campaigns that take gifts slowly because of them."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.donations.models import Decline, Donation, Slowdown


def last_slowdown(session: Session, campaign_id: int) -> Slowdown | None:
    query = select(Slowdown).where(Slowdown.campaign_id == campaign_id).order_by(Slowdown.id.desc()).limit(1)
    return session.scalars(query).one_or_none()


def is_slowed(session: Session, campaign_id: int, *, now: datetime) -> bool:
    last = last_slowdown(session, campaign_id)
    return last is not None and last.until > now


def open_slowdowns(session: Session, *, now: datetime) -> list[Slowdown]:
    """Oldest first."""
    return list(session.scalars(select(Slowdown).where(Slowdown.until > now).order_by(Slowdown.id)))


def count_declines(session: Session, campaign_id: int, *, since: datetime) -> int:
    query = select(func.count()).select_from(Decline)
    return session.scalar(query.where(Decline.campaign_id == campaign_id, Decline.at >= since)) or 0


def count_settled(session: Session, campaign_id: int, *, since: datetime) -> int:
    """Gifts through Stripe that were paid."""
    query = select(func.count()).select_from(Donation)
    query = query.where(Donation.campaign_id == campaign_id, Donation.paid_at >= since, Donation.kind != "offline")
    return session.scalar(query) or 0


def count_begun(session: Session, campaign_id: int, *, since: datetime) -> int:
    """Gifts that somebody began by the form: neither entered by hand nor a later payment of a monthly gift."""
    query = select(func.count()).select_from(Donation)
    query = query.where(
        Donation.campaign_id == campaign_id,
        Donation.created_at >= since,
        Donation.expires_at > Donation.created_at,
    )
    return session.scalar(query) or 0
