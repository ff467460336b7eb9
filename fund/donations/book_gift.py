from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.db.touch_page import touch_page
from fund.donations.count_donor import count_donor
from fund.donations.models import Donation
from fund.donations.postings import gift_settled
from fund.donations.taken_now import taken_now
from fund.ledger.post_entry import post_entry
from fund.payments.facts import BalanceTransaction
from fund.payments.keep_balance_transaction import keep_balance_transaction

_CAMPAIGN = select(Campaign.slug, Campaign.status, Campaign.hard_cap, Campaign.gifts_until).where(
    Campaign.id == bindparam("campaign_id")
)
"""A few columns: the row would bring its texts along."""


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
    slug, status, hard_cap, gifts_until = session.execute(_CAMPAIGN, {"campaign_id": donation.campaign_id}).one()
    in_time = status == "open" and (gifts_until is None or transaction.created < gifts_until)
    if hard_cap is not None and in_time and donation.paid_at is None:
        in_time = _has_room(session, donation.campaign_id, now)
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
        _mark_paid(donation, amount, currency, transaction.created, in_time=in_time)
        count_donor(session, donation, 1)
        if not booked:
            touch_page(session, donation.campaign_id)
    return Settled("applied", f"booked {transaction.id}", donation.id, newly_paid=newly_paid)


def _has_room(session: Session, campaign_id: int, now: datetime) -> bool:
    """Whether the cap was not reached yet, before this gift is booked."""
    return taken_now(session, session.get_one(Campaign, campaign_id), now=now).why_not != "cap"


def _mark_paid(donation: Donation, amount: int, currency: str, paid_at: datetime, *, in_time: bool) -> None:
    """What was paid is what counts; where it is not what was planned, a treasurer is asked to look."""
    donation.state, donation.paid_at, donation.ended_at = "paid", paid_at, None
    if (amount, currency) != (donation.amount, donation.currency):
        donation.review = "amount_differs"
        donation.amount, donation.currency = amount, currency
    elif not in_time:
        donation.review = "late"
