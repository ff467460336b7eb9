from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session, joinedload

from fund.campaigns.models import Campaign
from fund.campaigns.queries import PUBLIC
from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.files.models import StoredFile
from fund.kit.errors import Refusal
from fund.updates.models import Attachment, Correction, Follower, Update

PAGE = 10
_PUBLISHED = (
    select(Update)
    .where(Update.campaign_id == bindparam("campaign_id"), Update.state == "published")
    .options(joinedload(Update.texts))
)
_NEWEST = _PUBLISHED.order_by(Update.pinned.desc(), Update.number.desc())
_OLDER = _PUBLISHED.order_by(Update.number.desc())
_AT_THE_DESK = case({"draft": 0, "scheduled": 1, "published": 2}, value=Update.state, else_=3)
CLEARABLE = ("draft", "scheduled")


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
    """The pinned one on top of the first page.

    Members' and donors' news included: their titles are public, `rules.body_is_visible` says who reads the rest.
    """
    query = _NEWEST if before is None else _OLDER.where(Update.number < before)
    found = list(session.scalars(query.limit(limit + 1), {"campaign_id": campaign_id}).unique())
    kept = found[:limit]
    in_order = [update for update in kept if not (before is None and update.pinned)]
    return UpdatePage(kept, in_order[-1].number if len(found) > limit and in_order else None)


def last_number(session: Session, campaign_id: int) -> int:
    """The highest that was given, also to one that was withdrawn; 0 before the first."""
    return session.scalar(select(func.max(Update.number)).where(Update.campaign_id == campaign_id)) or 0


def published_update(session: Session, campaign_id: int, number: int) -> Update | None:
    """With that address; also one that was withdrawn, whose page says so."""
    query = select(Update).where(
        Update.campaign_id == campaign_id, Update.number == number, Update.state.in_(("published", "withdrawn"))
    )
    return session.scalars(query).one_or_none()


def corrections(session: Session, update_id: int) -> list[Correction]:
    """Those that were made, the newest first."""
    query = select(Correction).where(Correction.update_id == update_id, Correction.number.is_not(None))
    return list(session.scalars(query.order_by(Correction.number.desc())))


def prepared_correction(session: Session, update_id: int, *, lock: bool = False) -> Correction | None:
    """The one that is not made yet."""
    query = select(Correction).where(Correction.update_id == update_id, Correction.number.is_(None))
    return session.scalars(query.with_for_update() if lock else query).first()


def attachments(session: Session, update_id: int) -> list[tuple[Attachment, StoredFile]]:
    """In their order, without the files' content."""
    return attachments_of_several(session, [update_id]).get(update_id, [])


def attachments_of_several(
    session: Session, update_ids: Collection[int]
) -> dict[int, list[tuple[Attachment, StoredFile]]]:
    """The same, by the update's id."""
    query = (
        select(Attachment, StoredFile)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
        .where(Attachment.update_id.in_(update_ids))
        .order_by(Attachment.position, Attachment.file_id)
    )
    found: dict[int, list[tuple[Attachment, StoredFile]]] = {}
    for attachment, stored in session.execute(query) if update_ids else ():
        found.setdefault(attachment.update_id, []).append((attachment, stored))
    return found


def update_of_file(session: Session, file_id: str) -> Update | None:
    """The update, public or not, that this file belongs to."""
    return session.scalars(select(Update).join(Attachment).where(Attachment.file_id == file_id)).first()


def has_given(session: Session, campaign_id: int, indexes: Collection[str]) -> bool:
    """Whether somebody with this address (its blind indexes) has a gift to the campaign that stands."""
    query = select(Donation.id).where(
        Donation.campaign_id == campaign_id, Donation.email_index.in_(indexes), Donation.state.in_(SETTLED)
    )
    return session.execute(query.limit(1)).first() is not None


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
    """For the desk: drafts first, the last edited on top, then what is scheduled and what was published."""
    query = (
        select(Update)
        .where(Update.campaign_id == campaign_id)
        .order_by(_AT_THE_DESK, Update.number.desc(), Update.edited_at.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def drafts(session: Session, *, limit: int = 100) -> list[Update]:
    """Of every campaign, the last edited first."""
    query = select(Update).where(Update.state == "draft").order_by(Update.edited_at.desc()).limit(limit)
    return list(session.scalars(query))


def scheduled_updates(session: Session, *, due: datetime | None = None, limit: int = 100) -> list[Update]:
    """Those that publish themselves, the next first; `due`: only those whose moment has come by then."""
    query = select(Update).where(Update.state == "scheduled").order_by(Update.publish_at, Update.id).limit(limit)
    return list(session.scalars(query if due is None else query.where(Update.publish_at <= due)))


def find_update(session: Session, update_id: int) -> Update | None:
    """For the desk, whatever its state."""
    return session.get(Update, update_id)


def update_to_change(session: Session, update_id: int, *, seen: datetime | None = None) -> Update:
    """Whatever its state, locked. Raises Refusal: 404 no such update, 409 changed since `seen`."""
    found = session.get(Update, update_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Refusal("There is no such update.", status=404)
    if seen is not None and found.state in CLEARABLE and found.edited_at != seen:
        raise Refusal("Somebody else changed this draft meanwhile. Look at their version first.", status=409)
    return found


def draft_to_change(
    session: Session, update_id: int, *, seen: datetime | None = None, scheduled: bool = False
) -> Update:
    """A draft, locked; with `scheduled` also one that waits for its time.

    Raises Refusal: 404 no such update, 409 published already or changed since `seen`.
    """
    found = update_to_change(session, update_id, seen=seen)
    if found.state == "draft" or (scheduled and found.state == "scheduled"):
        return found
    if found.state == "scheduled":
        raise Refusal("This update is scheduled. Take it back to the drafts first.", status=409)
    if found.state == "withdrawn":
        raise Refusal("This update was withdrawn.", status=409)
    raise Refusal("This update was published already. Its text is frozen.", status=409)


def follower_counts(session: Session, campaign_id: int) -> FollowerCounts:
    query = select(Follower.state, func.count()).where(Follower.campaign_id == campaign_id).group_by(Follower.state)
    counts = dict(session.execute(query).all())
    return FollowerCounts(confirmed=counts.get("confirmed", 0), pending=counts.get("pending", 0))
