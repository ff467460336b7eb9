from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.mail.models import Suppression
from fund.members.models import Member
from fund.updates.models import Follower, OptIn, OptOut
from fund.updates.rules import ASKED_FOR


@dataclass(frozen=True, slots=True)
class Reach:
    """How many addresses a mail would be written to now."""

    groups: tuple[tuple[str, int], ...]
    """By group, each address once in each; somebody may be in several."""
    total: int
    """Nobody counts twice."""


def count_recipients(
    session: Session, *, campaign_id: int, groups: Sequence[str], topic: str = "updates", told: Sequence[str] = ()
) -> Reach:
    """Of the groups without whoever left, did not ask where one has to, and whom mail to many never goes to.

    `told`: groups that are told whatever they left, such as donors of revised terms; they come first in `groups`.
    Whoever is in several is looked for in those before: bringing all addresses together takes seconds with 100,000.
    """
    chosen = {group: _addresses(group, campaign_id, "" if group in told else topic) for group in groups}
    counts = tuple((group, _count(session, addresses)) for group, addresses in chosen.items())
    more = (
        _count(session, _not_in(chosen[group], groups[:place], campaign_id))
        for place, group in enumerate(groups)
        if place
    )
    return Reach(counts, counts[0][1] + sum(more))


def _count(session: Session, addresses: Select[str | None]) -> int:
    return session.scalar(select(func.count()).select_from(addresses.subquery())) or 0


def _addresses(group: str, campaign_id: int, topic: str) -> Select[str | None]:
    index, belongs = _belonging(group, campaign_id)
    people = select(index).where(*belongs)
    return _staying(people.distinct() if group == "donors" else people, campaign_id, topic)


def _belonging(group: str, campaign_id: int) -> tuple[InstrumentedAttribute[Any], tuple[ColumnElement[bool], ...]]:
    """Where the address stands, and what makes one of the group."""
    if group == "members":
        return Member.address_index, (Member.wants_updates.is_(True),)
    if group == "followers":
        return Follower.address_index, (Follower.campaign_id == campaign_id, Follower.state == "confirmed")
    gave = (Donation.campaign_id == campaign_id, Donation.state.in_(SETTLED), Donation.email_index.is_not(None))
    return Donation.email_index, gave


def _not_in(people: Select[str | None], groups: Sequence[str], campaign_id: int) -> Select[str | None]:
    address = people.selected_columns[0]
    for group in groups:
        index, belongs = _belonging(group, campaign_id)
        people = people.where(~exists().where(index == address, *belongs))
    return people


def _staying(people: Select[Any], campaign_id: int, topic: str) -> Select[str | None]:
    """Without a topic only those whom mail to many never goes to are left out."""
    index = people.selected_columns[0]
    people = people.where(~exists().where(Suppression.address_index == index))
    if not topic:
        return people
    left = exists().where(
        OptOut.address_index == index, OptOut.topic == topic, OptOut.campaign_id.in_((0, campaign_id))
    )
    people = people.where(~left)
    if topic not in ASKED_FOR:
        return people
    asked = exists().where(OptIn.address_index == index, OptIn.topic == topic, OptIn.campaign_id == campaign_id)
    return people.where(asked)
