"""Which event causes what: the visible table, and how one event is brought to its end.

An event says only that something happened. The object is fetched again from Stripe's API, outside any database
transaction; what the API says is then applied in one. Killed anywhere, the event stays due and is applied again.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fund.donations.expire_donation import expire_donation
from fund.donations.models import Donation
from fund.donations.queries import is_paid, waiting_for_stripe
from fund.donations.settle_donation import Settled, settle_donation
from fund.donations.write_to_donor import write_to_donor
from fund.kit.clock import utc_now
from fund.payments.close_event import claim_event, close_event, close_events, put_off_event
from fund.payments.gateway import CheckoutSession, Gateway, GatewayRefusedError, GatewayUnavailableError
from fund.payments.queries import kind_and_object
from fund.web.services import Services

log = structlog.get_logger()

Fetch = Callable[[Gateway, str], CheckoutSession | None]
MISSED_AFTER = timedelta(hours=1)
TOLD_BEFORE = Settled("applied", "settled before")
MEANINGLESS = Settled("ignored", "of no meaning here")


def _session(gateway: Gateway, session_id: str) -> CheckoutSession | None:
    return gateway.fetch_checkout_session(session_id)


def _session_of_payment(gateway: Gateway, payment_intent_id: str) -> CheckoutSession | None:
    return gateway.fetch_session_of_payment(payment_intent_id)


def _session_of_charge(gateway: Gateway, charge_id: str) -> CheckoutSession | None:
    charge = gateway.fetch_charge(charge_id)
    if charge is None or charge.payment_intent_id is None:
        return None
    return gateway.fetch_session_of_payment(charge.payment_intent_id)


EVENTS: dict[str, Fetch] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session,
    "checkout.session.expired": _session,
    "payment_intent.succeeded": _session_of_payment,
    "payment_intent.processing": _session_of_payment,
    "payment_intent.payment_failed": _session_of_payment,
    "payment_intent.canceled": _session_of_payment,
    "charge.succeeded": _session_of_charge,
    "charge.updated": _session_of_charge,
    "charge.failed": _session_of_charge,
}
"""Event type -> how to learn from the API how the gift's session stands. Any other type ends as ignored."""


def apply_events(services: Services, event_ids: list[str], stopping: threading.Event) -> None:
    """Bring stored events to a stated end, in this order, or put them off. Raises only when the database fails.

    Three of a gift's four events tell what the first one told already. They are ended together, in one database
    transaction: one that is lost before then is still due.
    """
    told: dict[Settled, list[str]] = defaultdict(list)
    for event_id in event_ids:
        if stopping.is_set():
            break
        with services.database.read() as session:
            kind, object_id = kind_and_object(session, event_id)
            settled = kind in EVENTS and bool(object_id) and is_paid(session, object_id)
        if settled or kind not in EVENTS:
            told[TOLD_BEFORE if settled else MEANINGLESS].append(event_id)
        else:
            _ask_and_apply(services, event_id, partial(EVENTS[kind], services.gateway, object_id), utc_now())
    if told:
        with services.database.write() as session:
            for end, ids in told.items():
                close_events(session, ids, state=end.state, outcome=end.outcome, now=utc_now())


def _ask_and_apply(services: Services, event_id: str, ask: Callable[[], CheckoutSession | None], now: datetime) -> None:
    try:
        checkout = ask()
        _end(services, event_id, lambda session: _apply(services, session, checkout, now), now)
    except GatewayUnavailableError as problem:
        _put_off(services, event_id, f"Stripe did not answer ({problem})", now)
    except GatewayRefusedError as problem:
        _put_off(services, event_id, f"Stripe refused ({problem.code})", now)
    except DBAPIError:
        raise
    except Exception as problem:  # noqa: BLE001  one bad event must not hold up the rest
        log.error("event_failed", event_id=event_id, error=type(problem).__name__)  # noqa: TRY400  no message: it may quote
        _put_off(services, event_id, f"an error of ours ({type(problem).__name__})", now)


def look_at_checkout(services: Services, donation_id: str, now: datetime) -> None:
    """Ask Stripe how a pending gift stands: after the thank-you page, and when a webhook may have been missed."""
    with services.database.read() as session:
        donation = session.get(Donation, donation_id)
        if donation is None or donation.state == "paid" or donation.checkout_session_id is None:
            return
        session_id = donation.checkout_session_id
    checkout = services.gateway.fetch_checkout_session(session_id)
    with services.database.write() as session:
        if checkout is None:
            expire_donation(session, donation_id=donation_id, now=now)
        else:
            _apply(services, session, checkout, now)


def look_for_missing_money(services: Services, now: datetime) -> None:
    """Hourly: every gift that has been at Stripe for an hour, so that a lost webhook loses no money."""
    with services.database.read() as session:
        waiting = waiting_for_stripe(session, now=now, older_than=MISSED_AFTER)
    for donation_id in waiting:
        try:
            look_at_checkout(services, donation_id, now)
        except GatewayUnavailableError as problem:
            log.warning("look_put_off", donation=donation_id, error=str(problem))
            return
        except GatewayRefusedError as problem:  # about this gift alone: the others must not wait for it
            log.error("look_refused", donation=donation_id, code=problem.code)  # noqa: TRY400  the code says it all


def expire_checkout(services: Services, donation_id: str) -> None:
    """Close Stripe's page of a gift that the donor has replaced by another. Harmless if it was paid."""
    with services.database.read() as session:
        donation = session.get(Donation, donation_id)
        session_id = donation.checkout_session_id if donation and donation.state == "pending" else None
    if session_id is not None:
        services.gateway.expire_checkout_session(session_id)


def _apply(services: Services, session: Session, checkout: CheckoutSession | None, now: datetime) -> Settled:
    if checkout is None:
        return Settled("quarantined", "Stripe knows no session for it")
    settled = settle_donation(session, checkout=checkout, site=services.gateway.site, now=now)
    message = "receipt" if settled.newly_paid else "gift_failed" if settled.newly_failed else ""
    if message and settled.donation_id:
        write_to_donor(
            session,
            services.queue,
            services.sender,
            services.addresses,
            donation_id=settled.donation_id,
            message=message,
            now=now,
        )
    return settled


def _end(services: Services, event_id: str, apply: Callable[[Session], Settled], now: datetime) -> None:
    with services.database.write() as session:
        event = claim_event(session, event_id)
        if event is not None:
            settled = apply(session)
            close_event(event, state=settled.state, outcome=settled.outcome, now=now)


def _put_off(services: Services, event_id: str, reason: str, now: datetime) -> None:
    with services.database.write() as session:
        event = claim_event(session, event_id)
        if event is not None:
            put_off_event(event, reason=reason, now=now)
