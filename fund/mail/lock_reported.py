from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.mail.cancel_deliveries import PERHAPS_GONE
from fund.mail.find_reported import find_reported
from fund.mail.hold_batch import WAITING
from fund.mail.models import Delivery, Mailing
from fund.mail.report import Report


def lock_reported(session: Session, reports: Iterable[Report], *, now: datetime) -> list[Report]:
    """The reports in the order in which to record them, with the rows locked that they are about.

    First mailings that are being written down, as `cancel_deliveries` does it, then deliveries, then mailings that were
    complained of, each by their ids; and then address by address: two who take reports about the same people at once
    wait for each other, and not in a circle.
    """
    being_filled = select(Mailing.id).where(Mailing.state == "filling").order_by(Mailing.id)
    session.execute(being_filled.with_for_update(key_share=True))
    found = [(report, find_reported(session, report, now=now)) for report in reports]
    known = [delivery for _, delivery in found if delivery is not None]
    indexes = {index for delivery in known for index in address_indexes(delivery.address)}
    theirs = or_(
        Delivery.id.in_({delivery.id for delivery in known}),
        and_(Delivery.address_index.in_(indexes), Delivery.state.in_((*WAITING, *PERHAPS_GONE))),
    )
    session.execute(select(Delivery.id).where(theirs).order_by(Delivery.id).with_for_update())
    complained_of = {one.mailing_id for report, one in found if one is not None and report.kind == "complaint"}
    mailings = select(Mailing.id).where(Mailing.id.in_(complained_of - {None})).order_by(Mailing.id)
    session.execute(mailings.with_for_update())
    return [report for report, _ in sorted(found, key=_turn)]


def _turn(found: tuple[Report, Delivery | None]) -> tuple[str, str]:
    """By address; what was said of one stays in its order."""
    report, delivery = found
    return (delivery.address_index, "") if delivery is not None else ("", report.key)
