"""What comes to an address, as its preference page shows it. Found by the token of any mail to many."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.campaigns.queries import PUBLIC
from fund.db.types import address_indexes
from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.kit.signing import Signer
from fund.mail.models import Suppression
from fund.members.models import Member
from fund.updates.models import Follower
from fund.updates.opt_ins import opt_ins
from fund.updates.opt_outs import Wish, opt_outs
from fund.updates.rules import ASKED_FOR, NEWS
from fund.updates.unsubscribing import address_of, row_of_token


@dataclass(frozen=True, slots=True)
class Choice:
    """One campaign that can write to the address. `wanted`: of TOPICS."""

    campaign: Campaign
    wanted: frozenset[str]
    gave: bool
    """Then how it ends is told all the same, because the gift was given under those terms."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Says nothing of the person but this: a mail may have been passed on, and its link with it."""

    locale: str
    choices: tuple[Choice, ...]
    stopped: str
    """asked, bounced or complained: nothing is sent to many at this address; else empty."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The rows of one address, over all campaigns."""

    address: str
    locale: str
    member: Member | None
    followings: dict[int, Follower]
    """By campaign; those that were confirmed once."""
    gave: frozenset[int]


def find_preferences(session: Session, signer: Signer, *, token: str) -> Preferences | None:
    """None where the row behind the token is gone. Raises Refusal (404) for a token that is not ours."""
    standing = find_standing(session, signer, token)
    if standing is None:
        return None
    found = select(Suppression.reason).where(Suppression.address_index.in_(address_indexes(standing.address)))
    return Preferences(standing.locale, choices_of(session, standing), session.scalar(found) or "")


def find_standing(session: Session, signer: Signer, token: str, *, lock: bool = False) -> Standing | None:
    row, _, _, _ = row_of_token(session, signer, token)
    address = address_of(row)
    if row is None or not address:
        return None
    indexes = address_indexes(address)
    followings = select(Follower).where(Follower.address_index.in_(indexes), Follower.confirmed_at.is_not(None))
    member = select(Member).where(Member.address_index.in_(indexes))
    if lock:
        followings, member = followings.with_for_update(), member.with_for_update()
    gave = select(Donation.campaign_id).where(Donation.email_index.in_(indexes), Donation.state.in_(SETTLED))
    return Standing(
        address,
        row.locale,
        session.scalars(member).first(),
        {one.campaign_id: one for one in session.scalars(followings)},
        frozenset(session.scalars(gave)),
    )


def choices_of(session: Session, standing: Standing) -> tuple[Choice, ...]:
    """Campaigns that are public and know the address, the newest first; for a member all of them."""
    query = select(Campaign).where(Campaign.status.in_(PUBLIC)).order_by(Campaign.id.desc())
    if standing.member is None:
        query = query.where(Campaign.id.in_({*standing.followings, *standing.gave}))
    out, asked = opt_outs(session, standing.address), opt_ins(session, standing.address)
    return tuple(_choice(campaign, standing, out, asked) for campaign in session.scalars(query))


def reached_without_membership(standing: Standing, campaign_id: int) -> bool:
    return campaign_id in standing.followings or campaign_id in standing.gave


def _choice(campaign: Campaign, standing: Standing, out: set[Wish], asked: set[Wish]) -> Choice:
    following, gave = standing.followings.get(campaign.id), campaign.id in standing.gave
    follows = following is not None and following.state == "confirmed"
    written_to = follows or gave or bool(standing.member and standing.member.wants_updates)
    if not written_to:
        return Choice(campaign, frozenset(), gave)
    news = {topic for topic in NEWS if out.isdisjoint({(campaign.id, topic), (0, topic)})}
    return Choice(campaign, frozenset(news | {topic for topic in ASKED_FOR if (campaign.id, topic) in asked}), gave)
