from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from fund.mail.record_report import record_report
from fund.mail.report import Report


def take_reports(session: Session, reports: Iterable[Report], *, now: datetime) -> Counter[str]:
    """Record each, and see to the mailings that were complained of. How many were `recorded`, `known` and so on."""
    outcomes: Counter[str] = Counter()
    complained_of: set[int] = set()
    for report in reports:
        recorded = record_report(session, report, now=now)
        outcomes[recorded.word] += 1
        if recorded.mailing_id is not None:
            complained_of.add(recorded.mailing_id)
    return outcomes
