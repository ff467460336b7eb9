from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.mail.models import Delivery, MailReport, Suppression


@dataclass(frozen=True, slots=True)
class ReportCount:
    """How many reports of one kind came in."""

    kind: str
    hard: bool
    total: int
    strangers: int
    """Of them: about no message that we sent."""


def find_suppression(session: Session, address: str) -> Suppression | None:
    """Why mail to many does not go to this address; None where it does."""
    rows = select(Suppression).where(Suppression.address_index.in_(address_indexes(address)))
    return session.scalars(rows.order_by(Suppression.since).limit(1)).first()


def count_suppressed(session: Session) -> dict[str, int]:
    """By reason."""
    return dict(session.execute(select(Suppression.reason, func.count()).group_by(Suppression.reason)).all())


def newest_suppressed(session: Session, *, limit: int) -> list[Suppression]:
    """The addresses themselves are not kept."""
    return list(session.scalars(select(Suppression).order_by(Suppression.id.desc()).limit(limit)))


def count_reports(session: Session, *, since: datetime) -> list[ReportCount]:
    counted = (
        select(MailReport.kind, MailReport.hard, func.count(), func.count().filter(MailReport.delivery_id.is_(None)))
        .where(MailReport.received_at >= since)
        .group_by(MailReport.kind, MailReport.hard)
        .order_by(MailReport.kind, MailReport.hard.desc())
    )
    return [ReportCount(*row) for row in session.execute(counted)]


def reports_about(session: Session, address: str, *, limit: int = 10) -> list[MailReport]:
    """Newest first."""
    rows = (
        select(MailReport)
        .join(Delivery, Delivery.id == MailReport.delivery_id)
        .where(Delivery.address_index.in_(address_indexes(address)))
        .order_by(MailReport.id.desc())
        .limit(limit)
    )
    return list(session.scalars(rows))
