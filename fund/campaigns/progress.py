from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, FeeSchedule
from fund.campaigns.queries import as_rules, current_schedule
from fund.campaigns.rules import HUNDREDTHS, hours_bought, hours_total, members_part
from fund.ledger.queries import Sum, sums_as_of

GIFTS = frozenset({"gift", "offline_gift"})
TAKEN_BACK = frozenset({"offline_gift_reversed"})
"""Entered by mistake: the gift never was, so it counts neither as given nor as refunded."""
GIFT_KINDS = GIFTS | TAKEN_BACK
"""Kinds of entries that are gifts which settled. Entries of other kinds on funds lower nothing here."""
REFUND_KINDS = frozenset(
    {"refund", "refund_failed", "refund_owed", "owed_settled", "dispute_lost", "payment_failure", "gift_returned"}
)
COSTS = ("exp:processing:", "exp:fee_tax:", "exp:dispute_fees:", "gain:fx:")
AVAILABLE = (
    "assets:stripe:",
    "assets:payout_transit:",
    "assets:bank:",
    "assets:reserve:",
    "liab:refunds_owed",
    "exp:stripe_other",  # a part of the site's costs that was assigned to this campaign
    "funds_transfer",  # surplus passed to or from another campaign
)
"""How the accounts begin whose sum can be spent."""


@dataclass(frozen=True, slots=True)
class Converted:
    """Gifts that Stripe settled in one other currency, as their donors know them; minor units of the campaign's."""

    settled_in: str
    given: int
    refunded: int
    """What of it went back, by lost disputes too, or is owed."""
    held: int
    """By open disputes."""
    booked: int
    """What they were booked at, in the currency they were settled in; above zero."""
    refunded_booked: int
    """The part of `booked` that `refunded` is, each gift at its own rate."""

    def at_booked_rate(self, figure: int) -> int:
        """A figure of the books in the campaign's currency, half up."""
        return (2 * figure * self.given + self.booked) // (2 * self.booked)


@dataclass(frozen=True, slots=True)
class Progress:
    """A campaign's figures, each a sum over its entries; minor units of its currency.

    Always: raised_gross + organiser_paid - refunded - fees = available + held + in_trust + paid + passed_on.
    """

    currency: str
    target: int
    organiser_promised: int
    organiser_paid: int
    members_part: int
    raised_gross: int
    refunded: int
    fees: int
    held: int
    available: int
    in_trust: int
    billed: int
    paid: int
    passed_on: int
    hours_total: Decimal
    hours_funded: Decimal
    hours_billed: Decimal
    donations_count: int
    updated_at: datetime
    settled_in: tuple[str, ...] = ()
    """Other currencies in which Stripe settled gifts: for those the books differ from these figures."""

    @property
    def raised_net(self) -> int:
        return self.raised_gross - self.refunded - self.fees

    @property
    def in_hand(self) -> int:
        """What buys hours and stages: gifts after fees, and what the organiser has paid."""
        return self.raised_net + self.organiser_paid

    @property
    def hours_remaining(self) -> Decimal:
        return max(Decimal("0.00"), self.hours_funded - self.hours_billed)

    @property
    def to_raise(self) -> int:
        """What the members' part still lacks, never below zero."""
        return max(0, self.members_part - self.raised_gross + self.refunded)


def progress(
    session: Session,
    campaign: Campaign,
    schedule: FeeSchedule | None = None,
    *,
    converted: Callable[[], Sequence[Converted]],
) -> Progress:
    """`schedule` is the campaign's current one, for who has read it already.

    `converted` is asked only where the books have another currency. Doors go through `donations/campaign_progress`,
    which knows the answer.
    """
    schedule = schedule or current_schedule(session, campaign.id)
    sums, recorded_at = sums_as_of(session, campaign.id)
    elsewhere = converted() if any(s.currency != campaign.currency for s in sums) else ()
    parts = [_own_part(_Sums(sums, campaign.currency))]
    parts += [_converted_part(_Sums(sums, gifts.settled_in), gifts) for gifts in elsewhere]
    together = _Part(*(sum(figures) for figures in zip(*parts, strict=True)))
    rules = as_rules(schedule)
    in_hand = together.gross - together.refunded - together.fees + together.organiser_paid
    return Progress(
        currency=campaign.currency,
        target=schedule.target,
        organiser_promised=campaign.organiser_share,
        organiser_paid=together.organiser_paid,
        members_part=members_part(schedule.target, campaign.organiser_share),
        raised_gross=together.gross,
        refunded=together.refunded,
        fees=together.fees,
        held=together.held,
        available=together.available,
        in_trust=together.in_trust,
        billed=together.billed,
        paid=together.paid,
        passed_on=together.passed_on,
        hours_total=hours_total(rules, in_hand),
        hours_funded=hours_bought(rules, in_hand),
        hours_billed=Decimal(campaign.hours_billed_hundredths) / HUNDREDTHS,
        donations_count=together.gifts,
        updated_at=max(campaign.updated_at, recorded_at or campaign.updated_at),
        settled_in=tuple(gifts.settled_in for gifts in elsewhere),
    )


def books_progress(session: Session, campaign: Campaign, schedule: FeeSchedule | None = None) -> Progress:
    """The figures of the entries in the campaign's own currency alone: what its bills can be paid from."""
    return progress(session, campaign, schedule, converted=tuple)


class _Part(NamedTuple):
    """What entries in one currency come to, in minor units of the campaign's."""

    gross: int
    refunded: int
    fees: int
    organiser_paid: int
    held: int
    available: int
    in_trust: int
    billed: int
    paid: int
    passed_on: int
    gifts: int


def _own_part(sums: "_Sums") -> _Part:
    return _Part(
        gross=sums.credit("funds:", GIFT_KINDS),
        refunded=-sums.credit("funds:", REFUND_KINDS),
        fees=sums.balance(*COSTS),
        organiser_paid=-sums.balance("funds_organiser:"),
        held=sums.balance("assets:disputed:"),
        available=sums.balance(*AVAILABLE),
        in_trust=sums.balance("assets:trust:"),
        billed=sums.balance("exp:legal:"),
        paid=sums.balance("exp:legal:", "liab:bills:"),
        passed_on=sums.balance("passed_on:"),
        gifts=sums.entries("funds:", GIFTS) - sums.entries("funds:", TAKEN_BACK),
    )


def _converted_part(sums: "_Sums", gifts: Converted) -> _Part:
    """What donors gave and got back counts as it was for them; the rest at the average of the rates booked.

    What went back at another rate than it had come (a lost dispute does) is a cost of conversion, or a gain.
    `available` is what then remains, so that the figures come out even.
    """
    booked = _own_part(sums)
    costs = booked.fees + booked.refunded - gifts.refunded_booked
    part = _Part(*(gifts.at_booked_rate(figure) for figure in booked._replace(fees=costs)))._replace(
        gross=gifts.given, refunded=gifts.refunded, held=gifts.held, gifts=booked.gifts
    )
    came = part.gross + part.organiser_paid - part.refunded - part.fees
    return part._replace(available=came - part.held - part.in_trust - part.paid - part.passed_on)


class _Sums:
    """Of one campaign, those in one currency."""

    def __init__(self, sums: list[Sum], currency: str) -> None:
        self._sums = [s for s in sums if s.currency == currency]

    def balance(self, *prefixes: str) -> int:
        """Debit minus credit over all accounts that begin so."""
        return sum(s.balance for s in self._sums if s.account.startswith(prefixes))

    def credit(self, prefix: str, kinds: frozenset[str]) -> int:
        """Credit minus debit over the entries of these kinds."""
        return sum(s.credit - s.debit for s in self._sums if s.account.startswith(prefix) and s.kind in kinds)

    def entries(self, prefix: str, kinds: frozenset[str]) -> int:
        return sum(s.entries for s in self._sums if s.account.startswith(prefix) and s.kind in kinds)
