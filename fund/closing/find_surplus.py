"""What is left of a campaign once everything that has a claim on it is dealt with."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, SurplusPolicy
from fund.campaigns.progress import Progress
from fund.campaigns.queries import current_policy
from fund.closing.queries import gifts_left_unpaid, passed_on_by, promised_by_hand
from fund.closing.rules import CHARITY, GOES_TO, MATTER, NOBODY, REFUND, GiftLeft, Split, split_surplus
from fund.donations.campaign_progress import campaign_progress
from fund.donations.queries_for_surplus import SettledGift, settled_gifts, unsettled
from fund.kit.money import smallest_step
from fund.ledger.queries import balances_of, sums_of_campaign


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a surplus cannot be divided yet. What to do about it is said by the door, by `name`."""

    name: str
    """open, disputes, refunds, arriving, to_review, refunds_owed, bills, trust, costs or other_currency."""
    count: int = 0
    amount: int = 0
    """Minor units, where it is about money."""


@dataclass(frozen=True, slots=True)
class Surplus:
    """`free` counts only while there are no obstacles; zero or less: nothing is left over."""

    free: int
    promised: int
    """Shares of earlier plans that a person still has to pay; not in `free`."""
    currency: str
    figures: Progress
    obstacles: tuple[Obstacle, ...]

    @property
    def can_be_divided(self) -> bool:
        return not self.obstacles and self.free > 0


def find_surplus(session: Session, campaign: Campaign) -> Surplus:
    figures = campaign_progress(session, campaign)
    found = [*_unfinished(session, campaign), *_in_the_books(session, campaign, figures)]
    promised = sum(promised_by_hand(session, campaign.id).values())
    return Surplus(
        free=figures.available - promised,
        promised=promised,
        currency=campaign.currency,
        figures=figures,
        obstacles=tuple(one for one in found if one.count or one.amount),
    )


def find_split(session: Session, campaign: Campaign, free: int) -> tuple[Split, dict[str, SettledGift]]:
    """Who gets what of `free` by the policy each gift was given under, and the gifts by id."""
    policies = {policy.id: policy.kind for policy in _policies(session, campaign.id)}
    today = current_policy(session, campaign.id)
    fallback = today.kind if today else REFUND
    gifts = {gift.id: gift for gift in settled_gifts(session, campaign.id)}
    promised, unpaid = promised_by_hand(session, campaign.id), gifts_left_unpaid(session, campaign.id)
    left = [
        GiftLeft(
            id=gift.id,
            goes_to=NOBODY
            if gift.id in unpaid
            else GOES_TO.get(policies.get(gift.surplus_policy_id or 0, fallback), REFUND),
            base=gift.left,
            got=gift.shared + promised.get(gift.id, 0),
        )
        for gift in gifts.values()
    ]
    given = {CHARITY: 0, MATTER: 0}
    for row in passed_on_by(session, campaign.id, standing=True):
        given[CHARITY if row.to_campaign_id is None else MATTER] += row.amount
    return split_surplus(free, left, given, step=smallest_step(campaign.currency)), gifts


def _unfinished(session: Session, campaign: Campaign) -> list[Obstacle]:
    waiting = unsettled(session, campaign.id, campaign.currency)
    return [
        Obstacle("open", count=int(campaign.status not in ("closed", "archived"))),
        Obstacle("disputes", count=waiting.disputes),
        Obstacle("refunds", count=waiting.refunds),
        Obstacle("arriving", count=waiting.arriving),
        Obstacle("to_review", count=waiting.to_review),
        Obstacle("other_currency", count=waiting.in_other_currencies),
    ]


def _in_the_books(session: Session, campaign: Campaign, figures: Progress) -> list[Obstacle]:
    sums = sums_of_campaign(session, campaign.id)
    owed, bills = (
        -sum(one.balance for one in sums if one.account.startswith(prefix) and one.currency == campaign.currency)
        for prefix in ("liab:refunds_owed", "liab:bills:")
    )
    return [
        Obstacle("refunds_owed", amount=owed),
        Obstacle("bills", amount=bills),
        Obstacle("trust", amount=figures.in_trust),
        Obstacle("costs", amount=max(0, balances_of(session, "exp:stripe_other").get(campaign.currency, 0))),
    ]


def _policies(session: Session, campaign_id: int) -> list[SurplusPolicy]:
    return list(session.scalars(select(SurplusPolicy).where(SurplusPolicy.campaign_id == campaign_id)))
