from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from fund.kit.addresses import Addresses
from fund.mail.lock_reported import lock_reported
from fund.mail.record_report import record_report
from fund.mail.report import Report
from fund.mail.sender import Sender
from fund.updates.check_complaints import check_complaints
from fund.work.queue import Queue


def take_reports(
    session: Session, queue: Queue, sender: Sender, addresses: Addresses, reports: Iterable[Report], *, now: datetime
) -> Counter[str]:
    """Record each, and stop mailings that too many complained of. How many were `recorded`, `known` and so on."""
    outcomes: Counter[str] = Counter()
    complained_of: set[int] = set()
    for report in lock_reported(session, reports, now=now):
        recorded = record_report(session, report, now=now)
        outcomes[recorded.word] += 1
        if recorded.mailing_id is not None:
            complained_of.add(recorded.mailing_id)
    for mailing_id in sorted(complained_of):
        check_complaints(session, queue, sender, addresses, mailing_id=mailing_id, now=now)
    return outcomes
