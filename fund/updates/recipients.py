"""Who gets an update or hears of a revision: read in slices by id, so that memory does not grow with their number."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.members.models import Member
from fund.updates.models import Follower

SLICE = 500
MEMBER, FOLLOWER, DONOR = "m", "f", "d"


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Somebody who is entitled. `kind` and `id` name the row; has no repr: it holds an address."""

    kind: str
    """m for a member, f for a follower: what an unsubscribe token says; d for a donor, who has none."""
    id: int
    """0 for a donor."""
    address: str
    consent_source: str
    consent_at: datetime


def entitled_members(session: Session, locale: str) -> Iterator[Person]:
    """Members who read `locale` and want updates."""
    columns = select(Member.id, Member.address, Member.consent_source, Member.created_at)
    wanted = columns.where(Member.locale == locale, Member.wants_updates.is_(True)).order_by(Member.id).limit(SLICE)
    last = 0
    while rows := session.execute(wanted.where(Member.id > last)).all():
        for row in rows:
            yield Person(MEMBER, row.id, row.address, row.consent_source, row.created_at)
        last = rows[-1].id


def entitled_followers(session: Session, campaign_id: int, locale: str) -> Iterator[Person]:
    """Confirmed followers of the campaign who read `locale`."""
    columns = select(Follower.id, Follower.address, Follower.consent_source, Follower.confirmed_at)
    wanted = (
        columns.where(Follower.campaign_id == campaign_id, Follower.state == "confirmed", Follower.locale == locale)
        .order_by(Follower.id)
        .limit(SLICE)
    )
    last = 0
    while rows := session.execute(wanted.where(Follower.id > last)).all():
        for row in rows:
            yield Person(FOLLOWER, row.id, row.address, row.consent_source, row.confirmed_at)
        last = rows[-1].id


def entitled_donors(session: Session, campaign_id: int, locale: str) -> Iterator[Person]:
    """Whoever has a gift that stands and left an address, once for each gift: the caller lets each address in once."""
    columns = select(Donation.id, Donation.email, Donation.paid_at)
    wanted = (
        columns.where(
            Donation.campaign_id == campaign_id,
            Donation.state.in_(SETTLED),
            Donation.email.is_not(None),
            Donation.paid_at.is_not(None),
            Donation.locale == locale,
        )
        .order_by(Donation.id)
        .limit(SLICE)
    )
    last = ""
    while rows := session.execute(wanted.where(Donation.id > last)).all():
        for row in rows:
            yield Person(DONOR, 0, row.email, "", row.paid_at)
        last = rows[-1].id
