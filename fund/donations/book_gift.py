from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.db.touch_page import touch_page
from fund.donations.count_donor import count_donor
from fund.donations.models import Donation
from fund.donations.postings import gift_settled
from fund.ledger.post_entry import post_entry
from fund.payments.facts import BalanceTransaction
from fund.payments.keep_balance_transaction import keep_balance_transaction


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of looking at a session: `state` is an event's final state, `newly_paid` set only the first time."""

    state: str
    outcome: str
    donation_id: str | None = None
    newly_paid: bool = False
    newly_failed: bool = False


def book_gift(
    session: Session,
    donation: Donation,
    *,
    amount: int,
    currency: str,
    transaction: BalanceTransaction,
    now: datetime,
) -> Settled:
    """The money is ours: one entry from its balance transaction, and the gift is paid. `amount` as the donor paid."""
    campaign = session.get_one(Campaign, donation.campaign_id)
    keep_balance_transaction(session, transaction)
    post_entry(
        session,
        source=f"txn:{transaction.id}",
        kind="gift",
        campaign_id=campaign.id,
        postings=gift_settled(transaction, slug=campaign.slug),
        occurred_at=transaction.created,
        now=now,
    )
    newly_paid = donation.paid_at is None
    if newly_paid:
        _mark_paid(donation, campaign, amount, currency, transaction.created)
        count_donor(session, donation, 1)
        touch_page(session, campaign.id)
    return Settled("applied", f"booked {transaction.id}", donation.id, newly_paid=newly_paid)


def _mark_paid(donation: Donation, campaign: Campaign, amount: int, currency: str, paid_at: datetime) -> None:
    """What was paid is what counts; where it is not what was planned, a treasurer is asked to look."""
    donation.state, donation.paid_at, donation.ended_at = "paid", paid_at, None
    if (amount, currency) != (donation.amount, donation.currency):
        donation.review = "amount_differs"
        donation.amount, donation.currency = amount, currency
    elif campaign.status != "open":
        donation.review = "late"
