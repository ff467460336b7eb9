"""Reads of who acts in a case, and of its timeline."""

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, Counsel, TimelineEvent
from fund.campaigns.read_case import CounselIn
from fund.kit.errors import Refusal

_COUNSEL = select(Counsel).where(Counsel.campaign_id == bindparam("campaign_id")).order_by(Counsel.from_on, Counsel.id)
_PUBLISHED = (
    select(TimelineEvent)
    .where(TimelineEvent.campaign_id == bindparam("campaign_id"), TimelineEvent.state == "published")
    .order_by(TimelineEvent.happens_on, TimelineEvent.happens_at, TimelineEvent.id)
)


def campaign_counsel(session: Session, campaign_id: int) -> list[Counsel]:
    """Everybody who acts or acted, in the order in which they came."""
    return list(session.scalars(_COUNSEL, {"campaign_id": campaign_id}))


def acts_on(counsel: Counsel | CounselIn, day: date) -> bool:
    return counsel.from_on <= day and (counsel.until_on is None or day <= counsel.until_on)


def published_events(session: Session, campaign_id: int) -> list[TimelineEvent]:
    """Oldest first. A case has dozens of them, not thousands."""
    return list(session.scalars(_PUBLISHED, {"campaign_id": campaign_id}))


def campaign_events(session: Session, campaign_id: int) -> list[TimelineEvent]:
    """For the desk, whatever their state, newest day first."""
    query = select(TimelineEvent).where(TimelineEvent.campaign_id == campaign_id)
    return list(session.scalars(query.order_by(TimelineEvent.happens_on.desc(), TimelineEvent.id.desc())))


def shows_file(session: Session, file_id: str, *, except_event: int) -> bool:
    """Whether another published event carries this document too."""
    query = select(TimelineEvent.id).where(
        TimelineEvent.file_id == file_id, TimelineEvent.state == "published", TimelineEvent.id != except_event
    )
    return session.scalars(query.limit(1)).first() is not None


def campaign_to_change(session: Session, campaign_id: int) -> Campaign:
    """Locked. Raises Refusal 404."""
    campaign = session.get(Campaign, campaign_id, with_for_update=True, populate_existing=True)
    if campaign is None:
        raise Refusal("There is no such campaign.", status=404)
    return campaign


def counsel_to_change(session: Session, counsel_id: int) -> tuple[Campaign, Counsel]:
    """The campaign locked. Raises Refusal 404."""
    counsel = session.get(Counsel, counsel_id)
    if counsel is None:
        raise Refusal("There is no such lawyer.", status=404)
    campaign = campaign_to_change(session, counsel.campaign_id)
    session.refresh(counsel)
    return campaign, counsel


def event_to_change(session: Session, event_id: int) -> tuple[Campaign, TimelineEvent]:
    """Both locked. Raises Refusal 404."""
    event = session.get(TimelineEvent, event_id)
    if event is None:
        raise Refusal("There is no such event.", status=404)
    campaign = campaign_to_change(session, event.campaign_id)
    session.refresh(event)
    return campaign, event
