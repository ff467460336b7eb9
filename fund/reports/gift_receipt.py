"""What a donor is told about a gift, for the page and for the PDF alike, in one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, SurplusPolicy
from fund.donations.gift_number import gift_number
from fund.donations.models import Donation, HandReturn, Refund
from fund.donations.queries_of_returns import hand_returns_of
from fund.donations.taken_by_disputes import taken_by_disputes
from fund.donations.terms_words import terms_words
from fund.kit.i18n import format_day, localised, translate
from fund.kit.money import format_money
from fund.reports.gift_words import (
    MOVING,
    appears,
    gift_sentence,
    gift_title,
    hand_return_sentence,
    method,
    refund_sentence,
)

SHOWN_REFUNDS = ("planned", "pending", "requires_action", "succeeded", "failed")
"""Those that were refused or cancelled never moved anything."""


@dataclass(frozen=True, slots=True)
class GiftReceipt:
    """Amounts are written out already; `facts` are (name, value) in the order they are read."""

    locale: str
    number: str
    title: str
    sentence: str
    is_receipt: bool
    """Whether money came: before, the page tells how the gift stands, and nothing is a receipt."""
    amount: str
    campaign_title: str
    campaign_slug: str
    facts: Sequence[tuple[str, str]]
    refunds: Sequence[tuple[str, str]]
    """(what happened, amount)."""
    policy: str
    policy_locale: str
    policy_day: str
    written_at: datetime


def gift_receipt(session: Session, donation: Donation, *, locale: str, now: datetime) -> GiftReceipt:
    """As the gift stands in this snapshot; the surplus policy is the one it was given under."""
    campaign = session.get_one(Campaign, donation.campaign_id)
    policy = session.get(SurplusPolicy, donation.surplus_policy_id) if donation.surplus_policy_id else None
    refunds = session.scalars(
        select(Refund)
        .where(Refund.donation_id == donation.id, Refund.state.in_(SHOWN_REFUNDS))
        .order_by(Refund.created_at, Refund.id)
    ).all()
    by_hand = [row for row in hand_returns_of(session, donation.id) if row.reversed_at is None]
    lost = taken_by_disputes(session, donation.id).lost
    terms = terms_words(session, donation, policy, locale=locale)
    return GiftReceipt(
        locale=locale,
        number=gift_number(donation),
        title=gift_title(donation, lost=lost, locale=locale),
        sentence=gift_sentence(donation, lost=lost, locale=locale),
        is_receipt=donation.paid_at is not None,
        amount=format_money(donation.amount, donation.currency, locale=locale),
        campaign_title=campaign.text(locale).title,
        campaign_slug=campaign.slug,
        facts=[
            *_facts(donation, _went_back(refunds, by_hand) + lost, campaign.text(locale).title, locale),
            *([(translate("Given under", locale), terms)] if terms else []),
        ],
        refunds=[
            (refund_sentence(refund, locale=locale), format_money(refund.amount, refund.currency, locale=locale))
            for refund in refunds
        ]
        + [
            (hand_return_sentence(row, locale=locale), format_money(row.amount, row.currency, locale=locale))
            for row in by_hand
        ],
        policy=localised(policy.text, locale) if policy else "",
        policy_locale=locale if policy and policy.text.get(locale) else "fr" if locale == "en" else "en",
        policy_day=format_day(policy.decided_at, locale=locale) if policy else "",
        written_at=now,
    )


def _went_back(refunds: Sequence[Refund], by_hand: Sequence[HandReturn]) -> int:
    """In the gift's own currency."""
    return sum(refund.amount for refund in refunds if refund.state in MOVING) + sum(row.of_gift for row in by_hand)


def _facts(donation: Donation, went_back: int, campaign: str, locale: str) -> list[tuple[str, str]]:
    def money(minor: int) -> str:
        return format_money(minor, donation.currency, locale=locale)

    facts = []
    if donation.fee_covered:
        without = translate("{gift} and {added} that you added for the processing fee", locale)
        gift = money(donation.amount - donation.fee_covered)
        facts.append((translate("Of this", locale), without.format(gift=gift, added=money(donation.fee_covered))))
    facts += [(translate("For", locale), campaign), (translate("Gift number", locale), gift_number(donation))]
    if donation.paid_at is None:
        facts.append((translate("Started on", locale), format_day(donation.created_at, locale=locale)))
    else:
        facts.append((translate("Paid on", locale), format_day(donation.paid_at, locale=locale)))
    facts.append((translate("How it came", locale), method(donation, locale=locale)))
    if went_back:
        facts.append((translate("Went back", locale), money(went_back)))
        facts.append((translate("Remains given", locale), money(max(0, donation.amount - went_back))))
    facts.append((translate("How it appears", locale), appears(donation, locale=locale)))
    return facts
