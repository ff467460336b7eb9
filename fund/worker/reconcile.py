from datetime import datetime

import structlog

from fund.reconciliation.reconcile import reconcile as compare
from fund.reconciliation.report import Report
from fund.reconciliation.write_of_differences import write_of_differences
from fund.web.services import Services
from fund.worker.look_again import catch_up

log = structlog.get_logger()

NIGHTLY = "nightly"


def reconcile(services: Services, now: datetime, *, cause: str, repair: bool) -> int:
    """How many differences there are; `repair` books what is missing first. Raises GatewayUnavailableError.

    Of what is found at night, when nobody looks, the owners are told.
    """
    if repair:
        catch_up(services, now)
    report = compare(services.database, services.gateway, cause=cause, now=now)
    if not report.ok:
        log.error("books_differ", cause=cause, differences=len(report.differences))
    if cause == NIGHTLY:
        _tell(services, report, now)
    return len(report.differences)


def _tell(services: Services, report: Report, now: datetime) -> None:
    with services.database.write() as session:
        write_of_differences(
            session, services.queue, services.sender, services.addresses, differences=report.differences, now=now
        )
