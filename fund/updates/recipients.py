"""Who gets news of a campaign: read in slices by id, so that memory does not grow with their number."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.members.models import Member
from fund.updates.models import Follower

DONOR = "d"


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Somebody who is entitled. `kind` and `id` name the row; has no repr: it holds an address."""

    kind: str
    """m for a member, f for a follower, d for a donor: what an unsubscribe token says."""
    id: int | str
    """Of a donor: of one of their gifts."""
    address: str
    consent_source: str
    consent_at: datetime
    asked_at: datetime | None = None
    """Of what comes only to whoever asked: when they did."""


def people_after(
    session: Session, group: str, locale: str, *, campaign_id: int | None, after: str, limit: int
) -> list[Person]:
    """The next of `group` who read `locale`, in the order of their ids; `after` is the last one's, at first empty.

    A donor comes once for each gift: the caller lets each address in once.
    """
    return _GROUPS[group](session, locale, campaign_id, after, limit)


def _members(session: Session, locale: str, _campaign_id: int | None, after: str, limit: int) -> list[Person]:
    """Those who want updates."""
    since = func.coalesce(Member.consent_at, Member.created_at).label("since")
    columns = select(Member.id, Member.address, Member.consent_source, since)
    wanted = columns.where(Member.locale == locale, Member.wants_updates.is_(True), Member.id > int(after or 0))
    rows = session.execute(wanted.order_by(Member.id).limit(limit))
    return [Person("m", row.id, row.address, row.consent_source, row.since) for row in rows]


def _followers(session: Session, locale: str, campaign_id: int | None, after: str, limit: int) -> list[Person]:
    """Those who confirmed."""
    columns = select(Follower.id, Follower.address, Follower.consent_source, Follower.confirmed_at)
    wanted = columns.where(
        Follower.campaign_id == campaign_id,
        Follower.state == "confirmed",
        Follower.locale == locale,
        Follower.id > int(after or 0),
    )
    rows = session.execute(wanted.order_by(Follower.id).limit(limit))
    return [Person("f", row.id, row.address, row.consent_source, row.confirmed_at) for row in rows]


def _donors(session: Session, locale: str, campaign_id: int | None, after: str, limit: int) -> list[Person]:
    """Whoever has a gift that stands and left an address."""
    columns = select(Donation.id, Donation.email, Donation.paid_at)
    wanted = columns.where(
        Donation.campaign_id == campaign_id,
        Donation.state.in_(SETTLED),
        Donation.email.is_not(None),
        Donation.paid_at.is_not(None),
        Donation.locale == locale,
        Donation.id > after,
    )
    rows = session.execute(wanted.order_by(Donation.id).limit(limit))
    return [Person(DONOR, row.id, row.email, "", row.paid_at) for row in rows]


_GROUPS: dict[str, Callable[[Session, str, Any, str, int], list[Person]]] = {
    "members": _members,
    "followers": _followers,
    "donors": _donors,
}
