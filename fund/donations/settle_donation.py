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
from fund.payments.gateway import BalanceTransaction, CheckoutSession
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


def settle_donation(session: Session, *, checkout: CheckoutSession, site: str, now: datetime) -> Settled:
    """Stripe's API says how a session stands: make the donation and the books say the same.

    `checkout` was fetched, never taken from an event. Called by every event about a payment, by the hourly look and
    after the thank-you page; any number of times and in any order the end is the same: a paid gift is never set back,
    its balance transaction is booked once. A payment whose fee Stripe has not worked out yet waits for it.
    """
    if checkout.metadata.get("site") != site:
        return Settled("foreign", f"session of another site ({checkout.id})")
    donation = _donation_of(session, checkout)
    if donation is None:
        return Settled("quarantined", f"no donation for session {checkout.id}")
    _adopt(donation, checkout)
    charge = checkout.charge
    if charge is not None and charge.status == "succeeded" and checkout.payment_status == "paid":
        if charge.balance_transaction is None:
            if donation.state != "paid":
                donation.state, donation.progress, donation.ended_at = "pending", "awaiting_fee", None
            return Settled("applied", "paid; waiting for the fee", donation.id)
        with session.no_autoflush:  # what is read meanwhile does not depend on the row, which is written once so
            return _book(session, donation, checkout, charge.balance_transaction, now)
    if donation.state == "paid":
        return Settled("applied", "paid before", donation.id)
    return _not_paid(donation, checkout, now)


def _donation_of(session: Session, checkout: CheckoutSession) -> Donation | None:
    """By the session we stored; else by its metadata, for a session made just before this process died."""
    locked = select(Donation).with_for_update().execution_options(populate_existing=True)
    known = session.scalars(locked.where(Donation.checkout_session_id == checkout.id)).one_or_none()
    if known is not None:
        return known
    named = session.scalars(locked.where(Donation.id == checkout.metadata.get("donation", ""))).one_or_none()
    return named if named is not None and named.checkout_session_id is None else None


def _adopt(donation: Donation, checkout: CheckoutSession) -> None:
    donation.checkout_session_id = checkout.id
    donation.payment_intent_id = checkout.payment_intent_id or donation.payment_intent_id
    if checkout.charge is not None and checkout.charge.status == "succeeded":
        donation.charge_id = checkout.charge.id


def _book(
    session: Session, donation: Donation, checkout: CheckoutSession, transaction: BalanceTransaction, now: datetime
) -> Settled:
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
    newly_paid = donation.state != "paid"
    if newly_paid:
        _mark_paid(donation, checkout, transaction, in_time=status == "open")
        count_donor(session, donation, 1)
        if not booked:
            touch_page(session, donation.campaign_id)
    return Settled("applied", f"booked {transaction.id}", donation.id, newly_paid=newly_paid)


def _mark_paid(
    donation: Donation, checkout: CheckoutSession, transaction: BalanceTransaction, *, in_time: bool
) -> None:
    """What was paid is what counts; where it is not what was planned, a treasurer is asked to look."""
    donation.state, donation.paid_at, donation.ended_at = "paid", transaction.created, None
    if (checkout.amount_total, checkout.currency) != (donation.amount, donation.currency):
        donation.review = "amount_differs"
        donation.amount, donation.currency = checkout.amount_total, checkout.currency
    elif not in_time:
        donation.review = "late"


def _not_paid(donation: Donation, checkout: CheckoutSession, now: datetime) -> Settled:
    if checkout.status == "expired":
        newly = donation.state == "pending"
        donation.state, donation.ended_at = "expired", donation.ended_at or now
        return Settled("applied", "expired" if newly else "expired before", donation.id)
    if checkout.status == "open":
        return Settled("applied", "not paid yet", donation.id)
    if checkout.payment_intent_status in ("requires_payment_method", "canceled"):
        newly = donation.state == "pending"
        donation.state, donation.ended_at = "failed", donation.ended_at or now
        return Settled("applied", "the payment failed", donation.id, newly_failed=newly)
    donation.progress = "processing"
    return Settled("applied", "a bank debit is on its way", donation.id)
