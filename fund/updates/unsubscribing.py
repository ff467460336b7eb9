"""The token of an unsubscribe link: row ids only, valid for ever, and what it stands for."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.members.models import Member
from fund.updates.models import Follower

_PURPOSE = "unsubscribe"


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


@dataclass(frozen=True, slots=True)
class Holder:
    """The rows behind a token; empty when they are gone."""

    campaign_id: int
    came_as: str
    """m or f: what the mail was sent for."""
    address: str | None
    followings: list[Follower]
    member: Member | None

    @property
    def locale(self) -> str:
        if self.member is not None and self.came_as == "m":
            return self.member.locale
        return next((one.locale for one in self.followings), self.member.locale if self.member else "en")

    @property
    def active(self) -> bool:
        return any(one.state == "confirmed" for one in self.followings) or bool(
            self.member and self.member.wants_updates
        )

    def subscription(self) -> Subscription:
        member = self.member
        of_all = member is not None and (member.wants_updates or not self.active)
        return Subscription(self.campaign_id, self.locale, self.active, of_all)


def unsubscribe_token(signer: Signer, kind: str, row_id: int | str, campaign_id: int) -> str:
    """`kind` is m for a member, f for a follower."""
    return signer.sign(_PURPOSE, [kind, row_id, campaign_id])


def find_subscription(session: Session, signer: Signer, *, token: str) -> Subscription:
    """For the page behind the link, which changes nothing. Raises Refusal (404) for a token that is not ours."""
    return find_holder(session, signer, token).subscription()


def find_holder(session: Session, signer: Signer, token: str, *, lock: bool = False) -> Holder:
    """Everything that the address behind `token` gets of the token's campaign."""
    kind, row_id, campaign_id = _read(signer, token)
    row = session.get(Member if kind == "m" else Follower, row_id)
    if row is None:
        return Holder(campaign_id, kind, None, [], None)
    assert isinstance(row, Member | Follower)  # noqa: S101  for the type checker
    indexes = address_indexes(row.address)
    followings = select(Follower).where(Follower.campaign_id == campaign_id, Follower.address_index.in_(indexes))
    member = select(Member).where(Member.address_index.in_(indexes))
    if lock:
        followings, member = followings.with_for_update(), member.with_for_update()
    return Holder(campaign_id, kind, row.address, list(session.scalars(followings)), session.scalars(member).first())


def _read(signer: Signer, token: str) -> tuple[str, int, int]:
    match signer.read(_PURPOSE, token):
        case ["m" | "f" as kind, int(row_id), int(campaign_id)]:
            return kind, row_id, campaign_id
    raise Refusal("This link is not valid. Perhaps it was cut in two by a mail program.", status=404)
