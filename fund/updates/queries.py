from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, union
from sqlalchemy.orm import Session, joinedload

from fund.campaigns.models import Campaign
from fund.campaigns.queries import PUBLIC
from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.kit.errors import Refusal
from fund.members.models import Member
from fund.updates.models import Follower, Update

PAGE = 10
_PUBLISHED = (
    select(Update)
    .where(Update.campaign_id == bindparam("campaign_id"), Update.state == "published")
    .order_by(Update.number.desc())
    .options(joinedload(Update.texts))
)


@dataclass(frozen=True, slots=True)
class UpdatePage:
    """Newest first; `before` is the number to ask for the next page with, None on the last."""

    updates: list[Update]
    before: int | None


@dataclass(frozen=True, slots=True)
class FollowerCounts:
    """Of one campaign. Who left is not counted."""

    confirmed: int
    pending: int


def published_updates(
    session: Session, campaign_id: int, *, limit: int = PAGE, before: int | None = None
) -> UpdatePage:
    """Members-only ones included: their titles are public, `rules.body_is_visible` says who reads the rest."""
    query = _PUBLISHED if before is None else _PUBLISHED.where(Update.number < before)
    found = list(session.scalars(query.limit(limit + 1), {"campaign_id": campaign_id}).unique())
    kept = found[:limit]
    return UpdatePage(kept, kept[-1].number if len(found) > limit else None)


def published_update(session: Session, campaign_id: int, number: int) -> Update | None:
    query = select(Update).where(
        Update.campaign_id == campaign_id, Update.number == number, Update.state == "published"
    )
    return session.scalars(query).one_or_none()


def latest_updates(session: Session, *, limit: int = 20) -> list[tuple[Update, Campaign]]:
    """Of all campaigns that are public, newest first, for the site's feed."""
    query = (
        select(Update, Campaign)
        .join(Campaign, Campaign.id == Update.campaign_id)
        .where(Update.state == "published", Campaign.status.in_(PUBLIC))
        .order_by(Update.published_at.desc(), Update.id.desc())
        .limit(limit)
    )
    return [(update, campaign) for update, campaign in session.execute(query)]


def campaign_updates(session: Session, campaign_id: int, *, limit: int = 100) -> list[Update]:
    """For the desk: drafts first, the last edited on top, then what was published, newest first."""
    query = (
        select(Update)
        .where(Update.campaign_id == campaign_id)
        .order_by(Update.state, Update.number.desc(), Update.edited_at.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def drafts(session: Session, *, limit: int = 100) -> list[Update]:
    """Of every campaign, the last edited first."""
    query = select(Update).where(Update.state == "draft").order_by(Update.edited_at.desc()).limit(limit)
    return list(session.scalars(query))


def find_update(session: Session, update_id: int) -> Update | None:
    """For the desk, whatever its state."""
    return session.get(Update, update_id)


def draft_to_change(session: Session, update_id: int, *, seen: datetime | None = None) -> Update:
    """A draft, locked. Raises Refusal: 404 no such update, 409 published already or changed since `seen`."""
    found = session.get(Update, update_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Refusal("There is no such update.", status=404)
    if found.state != "draft":
        raise Refusal("This update was published already. Its text is frozen.", status=409)
    if seen is not None and found.edited_at != seen:
        raise Refusal("Somebody else changed this draft meanwhile. Look at their version first.", status=409)
    return found


def follower_counts(session: Session, campaign_id: int) -> FollowerCounts:
    query = select(Follower.state, func.count()).where(Follower.campaign_id == campaign_id).group_by(Follower.state)
    counts = dict(session.execute(query).all())
    return FollowerCounts(confirmed=counts.get("confirmed", 0), pending=counts.get("pending", 0))


def count_recipients(session: Session, *, campaign_id: int, audience: str) -> int:
    """How many addresses publishing would write to now: nobody counts twice."""
    members = select(Member.address_index).where(Member.wants_updates.is_(True))
    if audience == "members":
        return session.scalar(select(func.count()).select_from(members.subquery())) or 0
    followers = select(Follower.address_index).where(Follower.campaign_id == campaign_id, Follower.state == "confirmed")
    return session.scalar(select(func.count()).select_from(union(members, followers).subquery())) or 0


def count_told(session: Session, campaign_id: int) -> int:
    """How many addresses a revision would be written to now: members and followers who asked for news, and donors."""
    members = select(Member.address_index).where(Member.wants_updates.is_(True))
    followers = select(Follower.address_index).where(Follower.campaign_id == campaign_id, Follower.state == "confirmed")
    donors = select(Donation.email_index).where(
        Donation.campaign_id == campaign_id, Donation.state.in_(SETTLED), Donation.email_index.is_not(None)
    )
    return session.scalar(select(func.count()).select_from(union(members, followers, donors).subquery())) or 0
