"""Reads of how a campaign's terms came to be: every revision, every version. There are few of each."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, FeeSchedule, Revision, SurplusPolicy
from fund.campaigns.queries import PUBLIC


def revisions(session: Session, campaign_id: int, *, limit: int | None = None) -> list[Revision]:
    """Newest first."""
    query = select(Revision).where(Revision.campaign_id == campaign_id).order_by(Revision.number.desc())
    return list(session.scalars(query.limit(limit)))


def latest_revisions(session: Session, *, limit: int) -> list[tuple[Revision, Campaign]]:
    """Of all campaigns that are public, newest first."""
    query = (
        select(Revision, Campaign)
        .join(Campaign, Campaign.id == Revision.campaign_id)
        .where(Campaign.status.in_(PUBLIC))
        .order_by(Revision.made_at.desc(), Revision.id.desc())
        .limit(limit)
    )
    return [(revision, campaign) for revision, campaign in session.execute(query)]


def schedule_versions(session: Session, campaign_id: int) -> list[FeeSchedule]:
    """Newest first."""
    query = select(FeeSchedule).where(FeeSchedule.campaign_id == campaign_id)
    return list(session.scalars(query.order_by(FeeSchedule.version.desc())))


def policy_versions(session: Session, campaign_id: int) -> list[SurplusPolicy]:
    """Newest first."""
    query = select(SurplusPolicy).where(SurplusPolicy.campaign_id == campaign_id)
    return list(session.scalars(query.order_by(SurplusPolicy.version.desc())))
