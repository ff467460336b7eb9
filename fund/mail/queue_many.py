from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.mail.models import Delivery, MailBody
from fund.mail.queue_delivery import delivery_row
from fund.work.arm_drain import arm_drain
from fund.work.queue import Queue

CHUNK = 500


@dataclass(frozen=True, slots=True, repr=False)
class Recipient:
    """One address of many. Has no repr: it holds an address."""

    key: str
    address: str
    personal: dict[str, str] = field(default_factory=dict)
    unsubscribe_url: str | None = None


def queue_many(
    session: Session, queue: Queue, *, body: MailBody, recipients: Iterable[Recipient], now: datetime
) -> int:
    """One delivery of `body` for each recipient whose key is new; says how many.

    Takes the recipients in chunks, so that memory does not grow with their number.
    """
    rest = iter(recipients)
    queued = 0
    while chunk := list(islice(rest, CHUNK)):
        rows = [
            delivery_row(
                body,
                key=one.key,
                address=one.address,
                personal=one.personal,
                unsubscribe_url=one.unsubscribe_url,
                now=now,
            )
            for one in chunk
        ]
        queued += insert_new(session, Delivery, rows, unique=["key"])
    if queued:
        arm_drain(session, queue, "mail")
    return queued
