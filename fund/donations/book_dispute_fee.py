from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.donations.models import Dispute, Donation
from fund.donations.postings import dispute_fee
from fund.ledger.post_entry import post_entry
from fund.payments.facts import BalanceTransaction
from fund.payments.keep_balance_transaction import keep_balance_transaction

MOVES = ("dispute", "dispute_reversal")
"""What was given itself, which only the dispute's own list can explain."""


def book_dispute_fee(session: Session, transaction: BalanceTransaction, *, now: datetime) -> bool:
    """Book a fee that Stripe took or gave back for a dispute of ours, beside what the dispute moved.

    False for a line that is no such fee, and for one that was booked before.
    """
    dispute = session.get(Dispute, transaction.source or "")
    if dispute is None or transaction.reporting_category in MOVES:
        return False
    donation = session.get_one(Donation, dispute.donation_id)
    campaign = session.get_one(Campaign, donation.campaign_id)
    keep_balance_transaction(session, transaction)
    return post_entry(
        session,
        source=f"txn:{transaction.id}",
        kind="dispute_fee",
        campaign_id=campaign.id,
        postings=dispute_fee(transaction, slug=campaign.slug),
        occurred_at=transaction.created,
        now=now,
    )
