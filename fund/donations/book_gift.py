from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.db.touch_page import touch_page
from fund.donations.count_donor import count_donor
from fund.donations.models import Donation
from fund.donations.postings import gift_settled
from fund.ledger.post_entry import post_entry
from fund.payments.facts import BalanceTransaction
from fund.payments.keep_balance_transaction import keep_balance_transaction

_CAMPAIGN = select(Campaign.slug, Campaign.status).where(Campaign.id == bindparam("campaign_id"))
"""Two columns: the row would bring its texts along."""


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
    slug, status = session.execute(_CAMPAIGN, {"campaign_id": donation.campaign_id}).one()
    keep_balance_transaction(session, transaction)
    booked = post_entry(  # which touches the page
        session,
        source=f"txn:{transaction.id}",
        kind="gift",
        campaign_id=donation.campaign_id,
        postings=gift_settled(transaction, slug=slug),
        occurred_at=transaction.created,
        now=now,
    )
    newly_paid = donation.paid_at is None
    if newly_paid:
        _mark_paid(donation, amount, currency, transaction.created, in_time=status == "open")
        count_donor(session, donation, 1)
        if not booked:
            touch_page(session, donation.campaign_id)
    return Settled("applied", f"booked {transaction.id}", donation.id, newly_paid=newly_paid)


def _mark_paid(donation: Donation, amount: int, currency: str, paid_at: datetime, *, in_time: bool) -> None:
    """What was paid is what counts; where it is not what was planned, a treasurer is asked to look."""
    donation.state, donation.paid_at, donation.ended_at = "paid", paid_at, None
    if (amount, currency) != (donation.amount, donation.currency):
        donation.review = "amount_differs"
        donation.amount, donation.currency = amount, currency
    elif not in_time:
        donation.review = "late"
