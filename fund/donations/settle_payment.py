from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.donations.book_gift import Settled
from fund.donations.models import Donation
from fund.donations.postings import debit_came_back
from fund.donations.set_donation_state import set_donation_state
from fund.donations.settle_dispute import settle_dispute
from fund.donations.settle_donation import settle_donation
from fund.donations.settle_monthly_payment import settle_monthly_payment
from fund.donations.settle_refund import settle_refund
from fund.ledger.post_entry import post_entry
from fund.payments.facts import Payment
from fund.payments.keep_balance_transaction import keep_balance_transaction


@dataclass(frozen=True, slots=True)
class PaymentSettled:
    """What came of looking at a payment; each list holds what happened now for the first time."""

    gift: Settled
    newly_refunded: list[str] = field(default_factory=list)
    """Ids of Refund rows whose donor should be told."""
    newly_disputed: list[str] = field(default_factory=list)
    came_back: bool = False


def settle_payment(session: Session, *, payment: Payment, site: str, now: datetime) -> PaymentSettled:
    """Make the donation and the books say what Stripe's API says of one payment: gift, refunds, disputes, return.

    Everything was fetched together, and every entry has a unique source, so that any number of calls in any order of
    events end the same. A refund that is told before its gift books the gift first.
    """
    if payment.invoice_payment is not None:
        gift = settle_monthly_payment(session, payment=payment, site=site, now=now)
    elif payment.checkout is not None:
        gift = settle_donation(session, checkout=payment.checkout, site=site, now=now)
    else:
        return PaymentSettled(Settled("foreign", f"payment {payment.id} was made elsewhere"))
    if gift.donation_id is None:
        return PaymentSettled(gift)
    donation = session.get_one(Donation, gift.donation_id, with_for_update=True)
    if donation.paid_at is None:
        return PaymentSettled(gift)
    campaign = session.get_one(Campaign, donation.campaign_id)
    refunded = [
        row_id
        for row_id in (
            settle_refund(session, donation, campaign, payment, refund, now=now) for refund in payment.refunds
        )
        if row_id
    ]
    disputed = [
        dispute.id
        for dispute in payment.disputes
        if settle_dispute(session, donation, campaign, payment, dispute, now=now)
    ]
    came_back = _came_back(session, donation, campaign, payment, now=now)
    if came_back:
        gift = replace(gift, newly_paid=False)  # paid and gone in one look: there is nothing to thank for
    set_donation_state(session, donation, now=now)
    return PaymentSettled(gift, refunded, disputed, came_back)


def _came_back(session: Session, donation: Donation, campaign: Campaign, payment: Payment, *, now: datetime) -> bool:
    """A bank debit that failed after it was paid: days later, with a transaction of its own."""
    charge = payment.charge
    if charge is None or charge.failure_balance_transaction is None:
        return False
    transaction = charge.failure_balance_transaction
    keep_balance_transaction(session, transaction)
    booked = post_entry(
        session,
        source=f"txn:{transaction.id}",
        kind="payment_failure",
        campaign_id=campaign.id,
        postings=debit_came_back(transaction, slug=campaign.slug),
        occurred_at=transaction.created,
        now=now,
    )
    donation.came_back = True
    return booked
