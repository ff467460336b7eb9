from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, select, union
from sqlalchemy.orm import Session

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


def count_recipients(session: Session, *, campaign_id: int, groups: Sequence[str], topic: str = "updates") -> Reach:
    """Of the groups without whoever left, did not ask where one has to, and whom mail to many never goes to."""
    chosen = {group: _addresses(group, campaign_id, topic) for group in groups}
    counts = tuple((group, _count(session, addresses)) for group, addresses in chosen.items())
    if len(chosen) == 1:
        return Reach(counts, counts[0][1])
    return Reach(counts, session.scalar(select(func.count()).select_from(union(*chosen.values()).subquery())) or 0)


def _count(session: Session, addresses: Select[str | None]) -> int:
    return session.scalar(select(func.count()).select_from(addresses.subquery())) or 0


def _addresses(group: str, campaign_id: int, topic: str) -> Select[str | None]:
    if group == "members":
        return _staying(select(Member.address_index).where(Member.wants_updates.is_(True)), campaign_id, topic)
    if group == "followers":
        follows = (Follower.campaign_id == campaign_id, Follower.state == "confirmed")
        return _staying(select(Follower.address_index).where(*follows), campaign_id, topic)
    gave = (Donation.campaign_id == campaign_id, Donation.state.in_(SETTLED), Donation.email_index.is_not(None))
    return _staying(select(Donation.email_index).where(*gave).distinct(), campaign_id, topic)


def _staying(people: Select[Any], campaign_id: int, topic: str) -> Select[str | None]:
    index = people.selected_columns[0]
    left = exists().where(
        OptOut.address_index == index, OptOut.topic == topic, OptOut.campaign_id.in_((0, campaign_id))
    )
    people = people.where(~left, ~exists().where(Suppression.address_index == index))
    if topic not in ASKED_FOR:
        return people
    asked = exists().where(OptIn.address_index == index, OptIn.topic == topic, OptIn.campaign_id == campaign_id)
    return people.where(asked)
