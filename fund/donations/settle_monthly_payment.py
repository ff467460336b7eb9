"""One payment of a monthly gift: each is a gift of its own, made after the pattern of the first."""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.donations.book_gift import Settled, book_gift
from fund.donations.models import Donation, MonthlyGift
from fund.payments.facts import InvoicePayment, Payment


def settle_monthly_payment(session: Session, *, payment: Payment, site: str, now: datetime) -> Settled:
    """Book a paid invoice payment; the first one belongs to the gift that started it all.

    An invoice may be paid in parts (a gift for each), or be for nothing (no gift).
    """
    paid = payment.invoice_payment
    if paid is None or paid.metadata.get("site") != site:
        return Settled("foreign", f"payment {payment.id} of another site")
    if paid.amount_paid == 0:
        return Settled("applied", f"nothing was paid with {paid.id}")
    donation = _donation_of(session, paid, now=now)
    if donation is None:
        return Settled("quarantined", f"no gift started subscription {paid.subscription_id}")
    donation.payment_intent_id = payment.id
    charge = payment.charge
    if charge is None or charge.status != "succeeded":
        return Settled("applied", "not paid yet", donation.id)
    donation.charge_id = charge.id
    if charge.balance_transaction is None:
        if donation.paid_at is None:
            donation.progress = "awaiting_fee"
        return Settled("applied", "paid; waiting for the fee", donation.id)
    return book_gift(
        session,
        donation,
        amount=paid.amount_paid,
        currency=paid.currency,
        transaction=charge.balance_transaction,
        now=now,
    )


def _donation_of(session: Session, paid: InvoicePayment, *, now: datetime) -> Donation | None:
    locked = select(Donation).with_for_update().execution_options(populate_existing=True)
    known = session.scalars(locked.where(Donation.invoice_payment_id == paid.id)).one_or_none()
    if known is not None:
        return known
    first = session.scalars(locked.where(Donation.id == paid.metadata.get("donation", ""))).one_or_none()
    if first is None:
        return None
    monthly = session.scalars(
        select(MonthlyGift).where(MonthlyGift.subscription_id == (paid.subscription_id or ""))
    ).one_or_none()
    if first.invoice_payment_id is not None:
        first = _next(first, paid, now=now)
        session.add(first)
    first.invoice_payment_id = paid.id
    first.monthly_gift_id = monthly.id if monthly is not None else first.monthly_gift_id
    session.flush()
    return first


def _next(first: Donation, paid: InvoicePayment, *, now: datetime) -> Donation:
    """As the donor chose to appear, without the message: that was said once."""
    return Donation(
        campaign_id=first.campaign_id,
        kind="monthly",
        state="pending",
        progress="started",
        review="",
        amount=paid.amount_paid,
        currency=paid.currency,
        fee_covered=first.fee_covered if paid.amount_paid == first.amount else 0,
        visibility=first.visibility,
        display_name=first.display_name,
        message_state="none",
        email=first.email,
        email_index=first.email_index,
        locale=first.locale,
        ref=first.ref,
        nonce=first.nonce,
        form_key=hashlib.sha256(f"invoice payment {paid.id}".encode()).hexdigest(),
        monthly_gift_id=first.monthly_gift_id,
        surplus_policy_id=first.surplus_policy_id,
        fee_schedule_id=first.fee_schedule_id,
        created_at=now,
        expires_at=now,
    )
