from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.mail.models import Delivery
from fund.mail.report import Report

FOUND_WITHIN = timedelta(days=30)
"""A report without our Message-ID is about the newest message to its address, if that was sent within this time."""
WENT = ("sending", "sent", "unsure", "failed", "bounced", "complained")


def find_reported(session: Session, report: Report, *, lock: bool = False, now: datetime) -> Delivery | None:
    """What a report is about: found by our Message-ID, else the newest to the address."""
    known = select(Delivery).where(Delivery.state.in_(WENT)).limit(1)
    if lock:
        known = known.with_for_update().execution_options(populate_existing=True)
    if report.message_hash:
        by_hash = session.scalars(known.where(Delivery.message_hash == report.message_hash)).first()
        if by_hash is not None:
            return by_hash
    if not report.address:
        return None
    newest = known.where(
        Delivery.address_index.in_(address_indexes(report.address)), Delivery.sent_at >= now - FOUND_WITHIN
    )
    return session.scalars(newest.order_by(Delivery.sent_at.desc(), Delivery.id.desc())).first()
