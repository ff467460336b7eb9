from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

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


def progress(session: Session, campaign: Campaign, schedule: FeeSchedule | None = None) -> Progress:
    """`schedule` is the campaign's current one, for who has read it already."""
    schedule = schedule or current_schedule(session, campaign.id)
    found, recorded_at = sums_as_of(session, campaign.id)
    sums = _Sums([s for s in found if s.currency == campaign.currency])
    gross = sums.credit("funds:", GIFT_KINDS)
    refunded = -sums.credit("funds:", REFUND_KINDS)
    organiser_paid = -sums.balance("funds_organiser:")
    fees = sum(sums.balance(prefix) for prefix in ("exp:processing:", "exp:fee_tax:", "exp:dispute_fees:", "gain:fx:"))
    rules = as_rules(schedule)
    in_hand = gross - refunded - fees + organiser_paid
    return Progress(
        currency=campaign.currency,
        target=schedule.target,
        organiser_promised=campaign.organiser_share,
        organiser_paid=organiser_paid,
        members_part=members_part(schedule.target, campaign.organiser_share),
        raised_gross=gross,
        refunded=refunded,
        fees=fees,
        held=sums.balance("assets:disputed:"),
        available=sum(sums.balance(prefix) for prefix in AVAILABLE),
        in_trust=sums.balance("assets:trust:"),
        billed=sums.balance("exp:legal:"),
        paid=sums.balance("exp:legal:") + sums.balance("liab:bills:"),
        passed_on=sums.balance("passed_on:"),
        hours_total=hours_total(rules, in_hand),
        hours_funded=hours_bought(rules, in_hand),
        hours_billed=Decimal(campaign.hours_billed_hundredths) / HUNDREDTHS,
        donations_count=sums.entries("funds:", GIFTS) - sums.entries("funds:", TAKEN_BACK),
        updated_at=max(campaign.updated_at, recorded_at or campaign.updated_at),
    )


class _Sums:
    def __init__(self, sums: list[Sum]) -> None:
        self._sums = sums

    def balance(self, prefix: str) -> int:
        """Debit minus credit over all accounts that begin with `prefix`."""
        return sum(s.balance for s in self._sums if s.account.startswith(prefix))

    def credit(self, prefix: str, kinds: frozenset[str]) -> int:
        """Credit minus debit over the entries of these kinds."""
        return sum(s.credit - s.debit for s in self._sums if s.account.startswith(prefix) and s.kind in kinds)

    def entries(self, prefix: str, kinds: frozenset[str]) -> int:
        return sum(s.entries for s in self._sums if s.account.startswith(prefix) and s.kind in kinds)
