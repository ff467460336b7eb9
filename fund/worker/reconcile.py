"""Comparisons with Stripe: by the clock, and when somebody at the desk asks."""

from datetime import datetime

import structlog

from fund.reconciliation.reconcile import reconcile as compare
from fund.web.services import Services
from fund.worker.look_again import catch_up

log = structlog.get_logger()


def reconcile(services: Services, now: datetime, *, cause: str, repair: bool) -> int:
    """How many differences there are; `repair` books what is missing first. Raises GatewayUnavailableError."""
    if repair:
        catch_up(services, now)
    report = compare(services.database, services.gateway, cause=cause, now=now)
    if not report.ok:
        log.error("books_differ", cause=cause, differences=len(report.differences))
    return len(report.differences)
