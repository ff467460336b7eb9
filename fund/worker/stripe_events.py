"""Which event causes what: the visible table, and how one event is brought to its end.

An event says only that something happened. The object is fetched again from Stripe's API, outside any database
transaction; what the API says is then applied in one. Killed anywhere, the event stays due and is applied again.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fund.donations.book_gift import Settled
from fund.donations.queries import is_paid
from fund.kit.clock import utc_now
from fund.payments.close_event import claim_event, close_event, close_events, put_off_event
from fund.payments.gateway import Gateway, GatewayRefusedError, GatewayUnavailableError
from fund.payments.queries import kind_and_object
from fund.web.services import Services
from fund.worker import look
from fund.worker.apply_found import apply_found

log = structlog.get_logger()

Look = Callable[[Gateway, str], look.Found]
TOLD_BEFORE = Settled("applied", "settled before")
MEANINGLESS = Settled("ignored", "of no meaning here")

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
    "payment_intent.payment_failed": look.failed_payment,
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


def apply_events(services: Services, event_ids: list[str], stopping: threading.Event) -> None:
    """Bring stored events to a stated end, in this order, or put them off. Raises only when the database fails.

    Three of a new gift's four events tell what the first one told already. They are ended together, in one database
    transaction: one that is lost before then is still due.
    """
    told: dict[Settled, list[str]] = defaultdict(list)
    for event_id in event_ids:
        if stopping.is_set():
            break
        with services.database.read() as session:
            kind, object_id = kind_and_object(session, event_id)
            settled = kind in NEW_PAYMENT and bool(object_id) and is_paid(session, object_id)
        if settled or kind not in EVENTS:
            told[TOLD_BEFORE if settled else MEANINGLESS].append(event_id)
        else:
            _ask_and_apply(services, event_id, partial(EVENTS[kind], services.gateway, object_id), utc_now())
    if told:
        with services.database.write() as session:
            for end, ids in told.items():
                close_events(session, ids, state=end.state, outcome=end.outcome, now=utc_now())


def _ask_and_apply(services: Services, event_id: str, ask: Callable[[], look.Found], now: datetime) -> None:
    try:
        found = ask()
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
