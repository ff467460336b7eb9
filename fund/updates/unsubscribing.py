"""The token of an unsubscribe link: row ids only, valid for ever, and what it stands for."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.donations.models import Donation
from fund.kit.errors import Refusal
from fund.kit.signing import NOT_VALID, Signer
from fund.members.models import Member
from fund.updates.models import Follower
from fund.updates.opt_ins import opt_ins
from fund.updates.opt_outs import opt_outs
from fund.updates.queries import has_given
from fund.updates.rules import ASKED_FOR, TIMELINE

_PURPOSE = "unsubscribe"
Row = Member | Follower | Donation


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a token leads to. Says nothing of the person: a mail may have been passed on."""

    campaign_id: int
    locale: str
    """The person's language."""
    active: bool
    """Whether anything is sent; False once left, or when the person is no longer on record."""
    of_all: bool
    """Whether it is a member's, who gets the updates of every campaign, and not of this one alone."""
    topic: str = "updates"
    """updates: all that the campaign sends; timeline: events of the case alone."""
    reached: bool = False
    """Whether the campaign can write to the address at all."""
    news: bool = False
    """Whether updates come."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The rows behind a token; empty when they are gone."""

    campaign_id: int
    came_as: str
    """m, f or d: what the mail was sent for."""
    locale: str
    address: str | None
    followings: list[Follower]
    member: Member | None
    gave: bool
    """To this campaign, by a gift that stands."""
    opted_out: bool
    """Of this campaign's updates."""
    topic: str = "updates"
    """What the mail was about: all that the campaign sends, or events of the case alone."""
    asked: bool = False
    """For each event of the case."""

    @property
    def reached(self) -> bool:
        """Donors are written to only now and then, but they can be."""
        follows = any(one.state == "confirmed" for one in self.followings)
        return follows or self.gave or bool(self.member and self.member.wants_updates)

    @property
    def active(self) -> bool:
        """Until they have left."""
        return self.reached and (self.asked if self.topic in ASKED_FOR else not self.opted_out)

    def subscription(self) -> Subscription:
        member, news = self.member, self.reached and not self.opted_out
        of_all = self.topic not in ASKED_FOR and member is not None and (member.wants_updates or not self.active)
        return Subscription(
            self.campaign_id, self.locale, self.active, of_all, topic=self.topic, reached=self.reached, news=news
        )


def unsubscribe_token(signer: Signer, kind: str, row_id: int | str, campaign_id: int, *, topic: str = "") -> str:
    """`kind` is m for a member, f for a follower, d for a donor, whose row is a gift of theirs.

    Of a `topic` that has to be asked for, the link leaves that alone.
    """
    return signer.sign(_PURPOSE, [kind, row_id, campaign_id, *(one for one in ASKED_FOR if one == topic)])


def find_subscription(session: Session, signer: Signer, *, token: str) -> Subscription:
    """For the page behind the link, which changes nothing. Raises Refusal (404) for a token that is not ours."""
    return find_holder(session, signer, token).subscription()


def find_holder(session: Session, signer: Signer, token: str, *, lock: bool = False) -> Holder:
    """Everything that the address behind `token` gets of the token's campaign."""
    row, kind, campaign_id, topic = row_of_token(session, signer, token)
    address = address_of(row)
    if row is None or not address:
        locale = row.locale if row else "en"
        return Holder(campaign_id, kind, locale, None, [], None, gave=False, opted_out=False, topic=topic)
    indexes = address_indexes(address)
    followings = select(Follower).where(Follower.campaign_id == campaign_id, Follower.address_index.in_(indexes))
    member = select(Member).where(Member.address_index.in_(indexes))
    if lock:
        followings, member = followings.with_for_update(), member.with_for_update()
    out = opt_outs(session, address)
    return Holder(
        campaign_id,
        kind,
        row.locale,
        address,
        list(session.scalars(followings)),
        session.scalars(member).first(),
        gave=has_given(session, campaign_id, indexes),
        opted_out=not out.isdisjoint({(campaign_id, "updates"), (0, "updates")}),
        topic=topic,
        asked=(campaign_id, TIMELINE) in opt_ins(session, address),
    )


def row_of_token(session: Session, signer: Signer, token: str) -> tuple[Row | None, str, int, str]:
    """The row (None: gone), its kind, the campaign's id, the topic. Raises Refusal (404) for what is not ours."""
    said, topic = signer.read(_PURPOSE, token), "updates"
    if isinstance(said, list) and said and said[-1] in ASKED_FOR:
        *said, topic = said
    match said:
        case ["m", int(row_id), int(campaign_id)]:
            return session.get(Member, row_id), "m", campaign_id, topic
        case ["f", int(row_id), int(campaign_id)]:
            return session.get(Follower, row_id), "f", campaign_id, topic
        case ["d", str(donation_id), int(campaign_id)]:
            return session.get(Donation, donation_id), "d", campaign_id, topic
    raise Refusal(NOT_VALID, status=404)


def address_of(row: Row | None) -> str | None:
    """None where the row is gone, or the address in it."""
    if isinstance(row, Donation):
        return row.email
    return row.address if row is not None else None
