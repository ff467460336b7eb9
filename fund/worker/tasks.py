"""What each durable task does: thin, and harmless when it runs again from its start."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from fund.donations.forget_declines import forget_declines
from fund.kit.clock import utc_now
from fund.mail.send_batch import send_batch
from fund.members.forget_imports import forget_imports
from fund.members.forget_wishes import forget_wishes
from fund.payments.queries import due_events
from fund.web.services import Services
from fund.work.tasks import EVENTS, MAIL, MAILINGS
from fund.worker import look_again, stripe_events
from fund.worker.drain import drain
from fund.worker.import_members import import_members
from fund.worker.mailings import MailingBatches, fill_mailing
from fund.worker.prune import prune
from fund.worker.reconcile import reconcile
from fund.worker.run_surplus import run_surplus
from fund.worker.sweep import sweep

EVENTS_AT_ONCE = 100
MESSAGES_AT_ONCE = 25
BATCH_SECONDS = 5
"""About how long a batch of mail may take under MAIL_RATE: a stop waits for it."""

log = structlog.get_logger()


def make_tasks(services: Services, stopping: threading.Event) -> dict[str, Callable[..., object]]:
    """By name, as `fund.work.tasks` lists them. `stopping` asks a drain to hand over and end."""
    database, queue = services.database, services.queue
    return {
        "drain_events": lambda: drain(database, queue, EVENTS, EventBatches(services, stopping), stopping),
        "drain_mail": lambda: drain(database, queue, MAIL, partial(_send_due, services), stopping),
        "fill_mailing": lambda mailing_id: fill_mailing(services, mailing_id, stopping),
        "drain_mailings": lambda: _send_mailings(services, stopping),
        "look_at_checkout": lambda donation_id: look_again.look_at_checkout(services, donation_id, utc_now()),
        "expire_checkout": lambda donation_id: look_again.expire_checkout(services, donation_id),
        "send_refund": lambda refund_id: look_again.send_refund(services, refund_id, utc_now()),
        "run_surplus": lambda plan_id: run_surplus(services, plan_id, stopping),
        "import_members": lambda import_id: import_members(services, import_id, stopping),
        "cancel_monthly_gift": lambda gift_id: look_again.cancel_monthly_gift(services, gift_id, utc_now()),
        "catch_up": lambda *_clock: look_again.catch_up(services, utc_now()),
        "book_missing": lambda *_clock: look_again.book_missing(services, utc_now()),
        "reconcile": lambda cause, repair: reconcile(services, utc_now(), cause=cause, repair=bool(repair)),
        "reconcile_nightly": lambda *_clock: reconcile(services, utc_now(), cause="nightly", repair=True),
        "sweep": lambda *_clock: sweep(services, utc_now()),
        "look_for_missing_money": lambda *_clock: look_again.look_for_missing_money(services, utc_now()),
        "prune": lambda *_clock: _forget(services, utc_now()),
    }


class EventBatches:
    """Applies what is due, a batch a call."""

    def __init__(self, services: Services, stopping: threading.Event) -> None:
        self._services = services
        self._stopping = stopping
        self._last: list[str] = []

    def __call__(self) -> int:
        with self._services.database.read() as session:
            due = due_events(session, limit=EVENTS_AT_ONCE, now=utc_now())
        if due and due == self._last:
            log.error("events_stay_due", first=due[0], count=len(due))
            return 0
        self._last = due
        stripe_events.apply_events(self._services, due, self._stopping)
        return len(due)


def _send_due(services: Services) -> int:
    rate = services.settings.mail_rate
    limit = max(1, min(MESSAGES_AT_ONCE, int(rate * BATCH_SECONDS))) if rate else MESSAGES_AT_ONCE
    return send_batch(services.database, services.transport, services.sender, limit=limit, rate=rate, now=utc_now())


def _send_mailings(services: Services, stopping: threading.Event) -> None:
    """On a connection of its own, so that a receipt never waits for mail to many."""
    batches = MailingBatches(services, stopping)
    try:
        drain(services.database, services.queue, MAILINGS, batches, stopping)
    finally:
        batches.close()


def _forget(services: Services, now: datetime) -> None:
    """What nobody needs any more."""
    with services.database.write() as session:
        forget_declines(session, now=now)
        forget_imports(session, now=now)
        forget_wishes(session, now=now)
    prune(services.settings.database_url, now)
