from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, or_, select, union
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.mail.models import Suppression
from fund.members.models import Member
from fund.updates.models import Follower, OptOut


@dataclass(frozen=True, slots=True)
class Reach:
    """How many addresses a mail would be written to now."""

    groups: tuple[tuple[str, int], ...]
    """By group, each address once in each; somebody may be in several."""
    total: int
    """Nobody counts twice."""


def count_recipients(session: Session, *, campaign_id: int, groups: Sequence[str], topic: str = "updates") -> Reach:
    """Of the groups without whoever left, and whom mail to many never goes to."""
    chosen = {group: _addresses(group, campaign_id, topic) for group in groups}
    counts = tuple((group, _count(session, addresses)) for group, addresses in chosen.items())
    if len(chosen) == 1:
        return Reach(counts, counts[0][1])
    return Reach(counts, session.scalar(select(func.count()).select_from(union(*chosen.values()).subquery())) or 0)


def _count(session: Session, addresses: Select[tuple[str]]) -> int:
    return session.scalar(select(func.count()).select_from(addresses.subquery())) or 0


def _addresses(group: str, campaign_id: int, topic: str) -> Select[tuple[str]]:
    if group == "members":
        index: ColumnElement[str] = Member.address_index.expression
        found = select(index).where(Member.wants_updates.is_(True))
    elif group == "followers":
        index = Follower.address_index.expression
        found = select(index).where(Follower.campaign_id == campaign_id, Follower.state == "confirmed")
    else:
        index = Donation.email_index.expression
        found = (
            select(index)
            .where(Donation.campaign_id == campaign_id, Donation.state.in_(SETTLED), index.is_not(None))
            .distinct()
        )
    left = exists().where(
        OptOut.address_index == index,
        OptOut.topic == topic,
        or_(OptOut.campaign_id == campaign_id, OptOut.campaign_id == 0),
    )
    return found.where(~left, ~exists().where(Suppression.address_index == index))
