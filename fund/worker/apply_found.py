"""What was fetched, in one database transaction: gifts, books, states, and the mails that follow."""

from datetime import datetime

from sqlalchemy.orm import Session

from fund.donations.book_gift import Settled
from fund.donations.models import Donation
from fund.donations.note_decline import note_decline
from fund.donations.settle_donation import settle_donation
from fund.donations.settle_payment import PaymentSettled, settle_payment
from fund.donations.settle_subscription import settle_subscription
from fund.donations.stop_monthly_gifts import stop_when_target_is_met
from fund.donations.stop_when_over import stop_when_over
from fund.donations.write_to_donor import write_of_monthly_gift, write_of_refund, write_to_donor
from fund.donations.write_to_owner import write_of_dispute, write_of_slowdown
from fund.payments.facts import Payment, Subscription
from fund.payments.raise_alert import raise_alert
from fund.payments.settle_payout import settle_payout
from fund.web.services import Services
from fund.worker.look import Found


def apply_found(services: Services, session: Session, found: Found, now: datetime) -> Settled:
    """The event's end: foreign or quarantined only if nothing of it was ours."""
    if found.nothing:
        return Settled("quarantined", "Stripe knows no such thing")
    ends: list[Settled] = []
    if found.subscription is not None:
        ends.append(_subscription(services, session, found.subscription, now))
    for payment in found.payments:
        ends.append(_payment(services, session, payment, now))
        if found.declined:
            _note_decline(services, session, payment, ends[-1], now)
    if found.checkout is not None:
        settled = settle_donation(session, checkout=found.checkout, site=services.gateway.site, now=now)
        _tell_donor(services, session, settled, now)
        _stop_what_is_over(services, session, settled, now)
        ends.append(settled)
    if found.payout is not None:
        settle_payout(session, found.payout, now=now)
        ends.append(Settled("applied", f"payout is {found.payout.status}"))
    if found.warning:
        raise_alert(session, key=found.warning, sentence=f"Early fraud warning {found.warning}", now=now)
        ends.append(Settled("applied", "a treasurer was told"))
    if found.books_moved:
        services.queue.enqueue(session, "book_missing")
        ends.append(Settled("applied", "the account is read again"))
    return next((end for end in ends if end.state == "applied"), ends[0])


def _payment(services: Services, session: Session, payment: Payment, now: datetime) -> Settled:
    settled = settle_payment(session, payment=payment, site=services.gateway.site, now=now)
    _tell_donor(services, session, settled.gift, now)
    _tell_what_followed(services, session, settled, now)
    if settled.gift.newly_paid and settled.gift.donation_id:
        stop_when_target_is_met(session, services.queue, donation_id=settled.gift.donation_id)
    _stop_what_is_over(services, session, settled.gift, now)
    return settled.gift


def _note_decline(services: Services, session: Session, payment: Payment, settled: Settled, now: datetime) -> None:
    """A try that failed on the page of a gift. A bank debit that failed days later is none."""
    donation_id = settled.donation_id or _begun_by(payment, services.gateway.site)
    if not donation_id or settled.newly_failed:
        return
    at = payment.charge.created if payment.charge is not None else now
    slowdown = note_decline(session, donation_id=donation_id, at=at, now=now)
    if slowdown is not None:
        write_of_slowdown(
            session, services.queue, services.sender, services.addresses, slowdown_id=slowdown.id, now=now
        )


def _begun_by(payment: Payment, site: str) -> str:
    """The gift that began a monthly one, of whose invoice nothing is paid yet."""
    part = payment.invoice_payment
    return part.metadata.get("donation", "") if part is not None and part.metadata.get("site") == site else ""


def _subscription(services: Services, session: Session, subscription: Subscription, now: datetime) -> Settled:
    settled = settle_subscription(session, subscription=subscription, site=services.gateway.site, now=now)
    if settled.newly_failing and settled.monthly_gift_id:
        write_of_monthly_gift(
            session, services.queue, services.sender, services.addresses, services.signer,
            monthly_gift_id=settled.monthly_gift_id, now=now,
        )  # fmt: skip
    return Settled(settled.state, settled.outcome)


def _stop_what_is_over(services: Services, session: Session, settled: Settled, now: datetime) -> None:
    """A gift may be the one that reaches the cap."""
    if settled.newly_paid and settled.donation_id:
        campaign_id = session.get_one(Donation, settled.donation_id).campaign_id
        stop_when_over(session, services.queue, campaign_id=campaign_id, now=now)


def _tell_donor(services: Services, session: Session, settled: Settled, now: datetime) -> None:
    message = "receipt" if settled.newly_paid else "gift_failed" if settled.newly_failed else ""
    if message and settled.donation_id:
        _write(services, session, settled.donation_id, message, now)


def _tell_what_followed(services: Services, session: Session, settled: PaymentSettled, now: datetime) -> None:
    if settled.came_back and settled.gift.donation_id:
        _write(services, session, settled.gift.donation_id, "gift_failed", now)
    for refund_id in settled.newly_refunded:
        write_of_refund(
            session, services.queue, services.sender, services.addresses, services.signer,
            refund_id=refund_id, now=now,
        )  # fmt: skip
    for dispute_id in settled.newly_disputed:
        write_of_dispute(session, services.queue, services.sender, services.addresses, dispute_id=dispute_id, now=now)


def _write(services: Services, session: Session, donation_id: str, message: str, now: datetime) -> None:
    write_to_donor(
        session, services.queue, services.sender, services.addresses, services.signer,
        donation_id=donation_id, message=message, now=now,
    )  # fmt: skip
