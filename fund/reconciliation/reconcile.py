from datetime import datetime

from fund.db.session import Database
from fund.ledger.check_ledger import check_ledger
from fund.payments.gateway import Gateway
from fund.reconciliation.compare_gifts import compare_gifts
from fund.reconciliation.compare_lines import compare_lines
from fund.reconciliation.compare_payouts import compare_payouts
from fund.reconciliation.models import Reconciliation
from fund.reconciliation.report import Report


def reconcile(
    database: Database, gateway: Gateway, *, since: datetime | None = None, cause: str, now: datetime
) -> Report:
    """Prove the books equal to Stripe's by R1 to R7, and keep the result. Changes nothing else.

    `since` looks only at what came after it, and leaves out what can only be compared as a whole. Raises
    GatewayUnavailableError.
    """
    report = Report()
    compare_lines(database, gateway, report, since=since)
    compare_payouts(database, gateway, report, since=since)
    with database.read() as session:
        ledger = check_ledger(session)
    report.checked["entries"] = ledger.entries
    for problem in ledger.problems:
        report.differ("R6", problem, "restore the database from a backup")
    compare_gifts(database, gateway, report, since=since)
    with database.write() as session:
        session.add(Reconciliation(at=now, cause=cause, differences=len(report.differences), report=report.as_json()))
    return report
