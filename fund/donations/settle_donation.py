from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.donations.book_gift import Settled, book_gift
from fund.donations.models import Donation
from fund.payments.facts import Charge, CheckoutSession


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
    if charge is not None and (_came_back(charge) or _is_paid(checkout, charge)):
        if charge.balance_transaction is None:
            if donation.paid_at is None:
                donation.state, donation.progress, donation.ended_at = "pending", "awaiting_fee", None
            return Settled("applied", "paid; waiting for the fee", donation.id)
        with session.no_autoflush:  # what is read meanwhile does not depend on the row, which is written once so
            return book_gift(
                session,
                donation,
                amount=checkout.amount_total,
                currency=checkout.currency,
                transaction=charge.balance_transaction,
                now=now,
            )
    if donation.paid_at is not None:
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
    charge = checkout.charge
    if charge is not None and (charge.status == "succeeded" or _came_back(charge)):
        donation.charge_id = charge.id


def _is_paid(checkout: CheckoutSession, charge: Charge) -> bool:
    return charge.status == "succeeded" and checkout.payment_status == "paid"


def _came_back(charge: Charge) -> bool:
    """A debit that had settled before it failed: Stripe calls it failed now, but both moves are in its account."""
    return charge.balance_transaction is not None and charge.failure_balance_transaction is not None


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
