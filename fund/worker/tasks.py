"""What each durable task does: thin, and harmless when it runs again from its start."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog

from fund.kit.clock import utc_now
from fund.mail.send_batch import send_batch
from fund.mail.sender import Sender
from fund.payments.queries import due_events
from fund.web.services import Services
from fund.work.tasks import EVENTS, MAIL
from fund.worker import stripe_events
from fund.worker.drain import drain
from fund.worker.prune import prune
from fund.worker.sweep import sweep

EVENTS_AT_ONCE = 100
MESSAGES_AT_ONCE = 25
BATCH_SECONDS = 5
"""About how long a batch of mail may take under MAIL_RATE: a stop waits for it."""

log = structlog.get_logger()


class TaskFailedError(Exception):
    """What DBOS keeps of a failure: the task's name. The cause may quote a row's values and is not kept."""


def make_tasks(services: Services, stopping: threading.Event) -> dict[str, Callable[..., None]]:
    """By name, as `fund.work.tasks` lists them. `stopping` asks a drain to hand over and end."""
    database, queue = services.database, services.queue
    tasks: dict[str, Callable[..., object]] = {
        "drain_events": lambda: drain(database, queue, EVENTS, EventBatches(services, stopping), stopping),
        "drain_mail": lambda: drain(database, queue, MAIL, partial(_send_due, services), stopping),
        "look_at_checkout": lambda donation_id: stripe_events.look_at_checkout(services, donation_id, utc_now()),
        "sweep": lambda *_clock: sweep(services, utc_now()),
        "look_for_missing_money": lambda *_clock: stripe_events.look_for_missing_money(services, utc_now()),
        "prune": lambda *_clock: prune(services.settings.database_url, utc_now()),
    }
    return {name: _discreet(name, task) for name, task in tasks.items()}


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
        for event_id in due:
            if self._stopping.is_set():
                break
            stripe_events.apply_event(self._services, event_id, utc_now())
        return len(due)


def _send_due(services: Services) -> int:
    settings = services.settings
    sender = Sender(
        site_name=settings.site_name,
        mail_from=settings.mail_from,
        postal_address=settings.postal_address,
        site_url=settings.site_url,
        dkim_key=settings.dkim_key,
        dkim_selector=settings.dkim_selector,
    )
    rate = settings.mail_rate
    limit = max(1, min(MESSAGES_AT_ONCE, int(rate * BATCH_SECONDS))) if rate else MESSAGES_AT_ONCE
    return send_batch(services.database, services.transport, sender, limit=limit, rate=rate, now=utc_now())


def _discreet(name: str, task: Callable[..., object]) -> Callable[..., None]:
    """Failures are logged by type and place and kept by name alone. The sweep or the next hour tries again."""

    def run(*ids: Any) -> None:
        try:
            task(*ids)
        except Exception as failure:  # noqa: BLE001  the edge: nothing above this but DBOS, which would keep all of it
            log.error("task_failed", task=name, error=type(failure).__name__, at=_place(failure))  # noqa: TRY400
            raise TaskFailedError(name) from None

    return run


def _place(failure: BaseException) -> str:
    """`file.py:line` of where it was raised."""
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""
