from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.db.types import address_indexes
from fund.mail.models import Delivery, MailBatch, MailBody, Mailing, Suppression
from fund.mail.queue_delivery import delivery_row
from fund.mail.recipient import Recipient
from fund.work.arm_drain import arm_drain
from fund.work.queue import Queue


def add_batch(
    session: Session, queue: Queue, mailing: Mailing, *, recipients: Sequence[Recipient], now: datetime
) -> int:
    """One delivery for each recipient who has none of this mailing yet and is not suppressed; says how many.

    They are sent together, from when this session commits. The caller holds the mailing's row.
    """
    mailing.filled_at = now
    rows = _rows(session, mailing, _welcome(session, recipients), now)
    if not rows:
        return 0
    batch = MailBatch(mailing_id=mailing.id, next_due=now)
    session.add(batch)
    session.flush()
    added = insert_new(session, Delivery, [{**row, "batch_id": batch.id} for row in rows], unique=["key"])
    if not added:
        session.delete(batch)
        return 0
    mailing.queued += added
    arm_drain(session, queue, "mailings")
    return added


def _welcome(session: Session, recipients: Sequence[Recipient]) -> list[Recipient]:
    """Without suppressed addresses: looked for under every key there is, for they cannot be written anew."""
    indexes = [address_indexes(one.address) for one in recipients]
    wanted = {index for of_one in indexes for index in of_one}
    found = set(session.scalars(select(Suppression.address_index).where(Suppression.address_index.in_(wanted))))
    return [one for one, of_one in zip(recipients, indexes, strict=True) if found.isdisjoint(of_one)]


def _rows(session: Session, mailing: Mailing, recipients: Sequence[Recipient], now: datetime) -> list[dict[str, Any]]:
    columns = select(MailBody.locale, MailBody.variant, MailBody.id).where(MailBody.mailing_id == mailing.id)
    bodies = {(locale, variant): body_id for locale, variant, body_id in session.execute(columns)}
    return [
        delivery_row(
            bodies[one.locale, one.variant],
            key=None,
            mailing=mailing,
            address=one.address,
            personal=one.personal,
            unsubscribe_url=one.unsubscribe_url,
            now=now,
        )
        for one in recipients
    ]
