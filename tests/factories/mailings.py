"""A mailing that went out, made by hand, for tests of what comes back; and mailings as the worker writes them down."""

import threading
from datetime import datetime

from sqlalchemy import insert, select

from fund.db.session import Database
from fund.mail.models import Delivery, MailBody, Mailing
from fund.mail.queue_delivery import delivery_row
from fund.web.services import Services
from fund.worker.mailings import fill_mailing


def make_mailing(
    database: Database, *addresses: str, key: str = "update:1", now: datetime, state: str = "sent"
) -> dict[str, str]:
    """By address: the part of its Message-ID before the @."""
    with database.write() as session:
        mailing = Mailing(key=key, kind="update", groups="members", created_by="tests", created_at=now, state="sending")
        session.add(mailing)
        session.flush()
        body = MailBody(
            message="update", locale="en", list_id="updates.one", subject="", text="", html="", created_at=now
        )
        session.add(body)
        session.flush()
        rows = [
            delivery_row(
                body.id, key=None, mailing=mailing, address=one, personal={}, unsubscribe_url=None, now=now
            ) | {"state": state, "sent_at": now if state == "sent" else None}
            for one in addresses
        ]  # fmt: skip
        session.execute(insert(Delivery), rows)
        return {row["address"]: row["message_hash"] for row in rows}


def deliveries(database: Database) -> dict[str, str]:
    """States by key of the mailing and address."""
    with database.read() as session:
        found = session.execute(select(Mailing.key, Delivery).join(Mailing, Mailing.id == Delivery.mailing_id))
        return {f"{key} {one.address}": one.state for key, one in found}


def write_down(services: Services) -> None:
    """Everybody whom the mailings so far are for."""
    with services.database.read() as session:
        begun = list(session.scalars(select(Mailing.id).where(Mailing.state == "filling")))
    for mailing_id in begun:
        fill_mailing(services, mailing_id, threading.Event())
