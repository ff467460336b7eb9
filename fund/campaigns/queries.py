"""Reads of campaigns, their fee schedule and their surplus policy."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from fund.campaigns.models import Campaign, FeeLine, FeeSchedule, SurplusPolicy
from fund.campaigns.rules import Schedule, ScheduleLine, Tax

PUBLIC = ("open", "paused", "closed", "archived")


# Built once: each public page needs these, and building them costs as much as running them. What is small is joined.
_BY_SLUG = (
    select(Campaign)
    .where(Campaign.slug == bindparam("slug"))
    .options(
        joinedload(Campaign.texts),
        lazyload(Campaign.parties),  # a page reads them with the rest of the case, in read_case
        lazyload(Campaign.demands),
    )
)
_SCHEDULE = (
    select(FeeSchedule)
    .where(FeeSchedule.campaign_id == bindparam("campaign_id"))
    .order_by(FeeSchedule.version.desc())
    .limit(1)
    .options(
        joinedload(FeeSchedule.taxes),
        joinedload(FeeSchedule.stages),
        selectinload(FeeSchedule.lines).joinedload(FeeLine.taxes),
    )
)
_POLICY = (
    select(SurplusPolicy)
    .where(SurplusPolicy.campaign_id == bindparam("campaign_id"))
    .order_by(SurplusPolicy.version.desc())
    .limit(1)
)


def campaign_by_slug(session: Session, slug: str) -> Campaign | None:
    """Of an address as it was typed: PostgreSQL is not asked for what it cannot hold."""
    if not slug.isprintable():
        return None
    return session.scalars(_BY_SLUG, {"slug": slug}).unique().one_or_none()


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
    return session.scalars(_SCHEDULE, {"campaign_id": campaign_id}).unique().one()


def current_policy(session: Session, campaign_id: int) -> SurplusPolicy | None:
    return session.scalars(_POLICY, {"campaign_id": campaign_id}).one_or_none()


def as_rules(schedule: FeeSchedule) -> Schedule:
    """The schedule as the pure rules take it."""
    return Schedule(
        lines=tuple(
            ScheduleLine(
                price=line.amount,
                rate=line.rate,
                hours_hundredths=line.hours_hundredths,
                taxes=tuple(tax.tax_position for tax in line.taxes),
                stage=line.stage,
                tax_included=line.tax_included,
                hours_high_hundredths=line.hours_high_hundredths,
            )
            for line in schedule.lines
        ),
        taxes=tuple(Tax(tax.name, tax.rate_ppm, tax.compound) for tax in schedule.taxes),
        stretch=tuple(stage.stretch for stage in schedule.stages),
    )
