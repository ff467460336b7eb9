from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.db.types import address_indexes
from fund.mail.cancel_deliveries import cancel_deliveries
from fund.mail.find_reported import WENT, find_reported
from fund.mail.models import Delivery, Mailing, MailReport, Suppression
from fund.mail.report import Report
from fund.mail.suppress import suppress

SOFT_IN_A_ROW = 3
"""So many mailings, one after the other, came back from an address for now: nothing more is sent to it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a report."""

    word: str
    """recorded, known (came before), stranger (about nobody that we wrote to) or unproven."""
    mailing_id: int | None = None
    """Of the mailing that has one complaint more."""


def record_report(session: Session, report: Report, *, now: datetime) -> Recorded:
    """Keep what was said of a message, once, and draw the consequences for its address.

    A hard bounce and a complaint end mail to many for it; so do soft bounces of three mailings in a row. What nobody
    vouches for, and does not carry our Message-ID either, is kept and changes nothing.
    """
    found = find_reported(session, report, lock=True, now=now)
    row = {
        "key": report.key,
        "kind": report.kind,
        "hard": report.hard,
        "status": report.status[:20],
        "delivery_id": found.id if found else None,
        "received_at": now,
    }
    if not insert_new(session, MailReport, [row], unique=["key"]):
        return Recorded("known")
    if found is None:
        return Recorded("stranger")
    if not (report.trusted or found.message_hash == report.message_hash):
        return Recorded("unproven")
    if report.kind == "complaint":
        return Recorded("recorded", _complained(session, found, report, now=now))
    if report.kind == "bounce":
        _bounced(session, found, report, now=now)
    return Recorded("recorded")


def _complained(session: Session, found: Delivery, report: Report, *, now: datetime) -> int | None:
    """The mailing of which this is a new complaint."""
    repeated = found.state == "complained"
    found.state = "complained"
    session.flush()
    if not _stop(session, found, "complained", report, now=now):
        weightier = update(Suppression).where(
            Suppression.address_index.in_(address_indexes(found.address)), Suppression.reason != "complained"
        )
        session.execute(weightier.values(reason="complained", source=report.source, since=now))
    if repeated or found.mailing_id is None:
        return None
    one_more = update(Mailing).where(Mailing.id == found.mailing_id).values(complaints=Mailing.complaints + 1)
    session.execute(one_more.execution_options(synchronize_session=False))
    return found.mailing_id


def _bounced(session: Session, found: Delivery, report: Report, *, now: datetime) -> None:
    if report.hard and found.state != "complained":
        found.state, found.last_reply = "bounced", report.status[:20]
        session.flush()
    if report.hard or _came_back_again_and_again(session, found):
        _stop(session, found, "bounced", report, now=now)


def _stop(session: Session, found: Delivery, reason: str, report: Report, *, now: datetime) -> bool:
    """False when mail to many had ended already."""
    cancel_deliveries(session, address=found.address)
    return suppress(session, address=found.address, reason=reason, source=report.source, now=now)


def _came_back_again_and_again(session: Session, found: Delivery) -> bool:
    """Whether the last few mailings to this address all bounced."""
    if found.mailing_id is None:
        return False
    latest = (
        select(Delivery.id)
        .where(
            Delivery.address_index.in_(address_indexes(found.address)),
            Delivery.mailing_id.is_not(None),
            Delivery.state.in_(WENT),
        )
        .order_by(Delivery.id.desc())
        .limit(SOFT_IN_A_ROW)
    )
    bounced = select(MailReport.delivery_id).where(
        MailReport.delivery_id.in_(list(session.scalars(latest))), MailReport.kind == "bounce"
    )
    return len(set(session.scalars(bounced))) == SOFT_IN_A_ROW
