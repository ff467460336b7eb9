"""Reads of campaigns, their fee schedule and their surplus policy."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, FeeSchedule, SurplusPolicy
from fund.campaigns.rules import Schedule, ScheduleLine, Tax

PUBLIC = ("open", "paused", "closed", "archived")


def campaign_by_slug(session: Session, slug: str) -> Campaign | None:
    return session.execute(select(Campaign).where(Campaign.slug == slug)).scalar_one_or_none()


def public_campaign(session: Session, slug: str) -> Campaign | None:
    """None for a draft: nobody outside the desk learns that it exists."""
    campaign = campaign_by_slug(session, slug)
    return campaign if campaign and campaign.status in PUBLIC else None


def open_campaigns(session: Session) -> list[Campaign]:
    """What may take gifts now, newest first."""
    query = select(Campaign).where(Campaign.status == "open").order_by(Campaign.opened_at.desc(), Campaign.id.desc())
    return list(session.scalars(query))


def public_campaigns(session: Session) -> list[Campaign]:
    """Everything but drafts: open ones first, then by date of opening."""
    query = select(Campaign).where(Campaign.status.in_(PUBLIC))
    newest = sorted(
        session.scalars(query), key=lambda campaign: campaign.opened_at or campaign.created_at, reverse=True
    )
    return sorted(newest, key=lambda campaign: campaign.status != "open")


def all_campaigns(session: Session) -> list[Campaign]:
    """For the desk, drafts included."""
    return list(session.scalars(select(Campaign).order_by(Campaign.id.desc())))


def current_schedule(session: Session, campaign_id: int) -> FeeSchedule:
    """The newest version; every campaign has one from its first draft."""
    query = select(FeeSchedule).where(FeeSchedule.campaign_id == campaign_id).order_by(FeeSchedule.version.desc())
    return session.scalars(query.limit(1)).one()


def current_policy(session: Session, campaign_id: int) -> SurplusPolicy | None:
    query = select(SurplusPolicy).where(SurplusPolicy.campaign_id == campaign_id).order_by(SurplusPolicy.version.desc())
    return session.scalars(query.limit(1)).one_or_none()


def as_rules(schedule: FeeSchedule) -> Schedule:
    """The schedule as the pure rules take it."""
    return Schedule(
        lines=tuple(
            ScheduleLine(line.amount, line.rate, line.hours_hundredths, tuple(tax.tax_position for tax in line.taxes))
            for line in schedule.lines
        ),
        taxes=tuple(Tax(tax.name, tax.rate_ppm) for tax in schedule.taxes),
    )
