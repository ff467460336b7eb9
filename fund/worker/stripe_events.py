"""Which event causes what: the visible table, and how one event is brought to its end.

An event says only that something happened. The object is fetched again from Stripe's API, outside any database
transaction; what the API says is then applied in one. Killed anywhere, the event stays due and is applied again.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fund.donations.book_gift import Settled
from fund.donations.queries import donation_of_payment
from fund.payments.close_event import claim_event, close_event, put_off_event
from fund.payments.gateway import Gateway, GatewayRefusedError, GatewayUnavailableError
from fund.payments.models import ProcessorEvent
from fund.web.services import Services
from fund.worker import look
from fund.worker.apply_found import apply_found

log = structlog.get_logger()

Look = Callable[[Gateway, str], look.Found]

NEW_PAYMENT: dict[str, Look] = {
    "checkout.session.completed": look.session,
    "checkout.session.async_payment_succeeded": look.session,
    "payment_intent.succeeded": look.new_payment,
    "charge.succeeded": look.new_charge,
}
"""Four tellings of one fact: whichever is applied first books the gift, the others find it settled."""

EVENTS: dict[str, Look] = NEW_PAYMENT | {
    "checkout.session.async_payment_failed": look.session,
    "checkout.session.expired": look.session,
    "payment_intent.processing": look.new_payment,
    "payment_intent.payment_failed": look.payment,
    "payment_intent.canceled": look.payment,
    "charge.updated": look.charge,
    "charge.failed": look.charge,
    "charge.refunded": look.charge,
    "refund.created": look.refund,
    "refund.updated": look.refund,
    "refund.failed": look.refund,
    "charge.dispute.created": look.dispute,
    "charge.dispute.updated": look.dispute,
    "charge.dispute.funds_withdrawn": look.dispute,
    "charge.dispute.funds_reinstated": look.dispute,
    "charge.dispute.closed": look.dispute,
    "radar.early_fraud_warning.created": look.fraud_warning,
    "payout.created": look.payout,
    "payout.updated": look.payout,
    "payout.paid": look.payout,
    "payout.failed": look.payout,
    "payout.canceled": look.payout,
    "payout.reconciliation_completed": look.payout,
    "invoice.paid": look.invoice,
    "invoice.payment_failed": look.failing_invoice,
    "invoice.payment_action_required": look.failing_invoice,
    "invoice_payment.paid": look.invoice_payment,
    "customer.subscription.created": look.subscription,
    "customer.subscription.updated": look.subscription,
    "customer.subscription.deleted": look.subscription,
    "customer.subscription.paused": look.subscription,
    "customer.subscription.resumed": look.subscription,
    "balance.available": look.balance,
}
"""Event type -> what to learn from the API. Any other type ends as ignored."""


def apply_event(services: Services, event_id: str, now: datetime) -> None:
    """Bring one stored event to a stated end, or put it off. Raises only when the database itself fails."""
    with services.database.read() as session:
        event = session.get(ProcessorEvent, event_id)
        if event is None:
            return
        type_, object_id = event.type, event.object_id
        settled = type_ in NEW_PAYMENT and _is_settled(session, object_id)
    if type_ not in EVENTS:
        _end(services, event_id, lambda _session: Settled("ignored", "of no meaning here"), now)
        return
    if settled:
        _end(services, event_id, lambda _session: Settled("applied", "settled before"), now)
        return
    try:
        found = EVENTS[type_](services.gateway, object_id)
        _end(services, event_id, lambda session: apply_found(services, session, found, now), now)
    except GatewayUnavailableError as problem:
        _put_off(services, event_id, f"Stripe did not answer ({problem})", now)
    except GatewayRefusedError as problem:
        _put_off(services, event_id, f"Stripe refused ({problem.code})", now)
    except DBAPIError:
        raise
    except Exception as problem:  # noqa: BLE001  one bad event must not hold up the rest
        log.error("event_failed", event_id=event_id, error=type(problem).__name__)  # noqa: TRY400  no message: it may quote
        _put_off(services, event_id, f"an error of ours ({type(problem).__name__})", now)


def _is_settled(session: Session, object_id: str) -> bool:
    donation = donation_of_payment(session, object_id) if object_id else None
    return donation is not None and donation.paid_at is not None


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
