from datetime import datetime

from sqlalchemy import insert, select, update

from fund.db.session import Database
from fund.mail.cancel_deliveries import cancel_deliveries
from fund.mail.models import Delivery
from fund.mail.queue_delivery import delivery_row, queue_delivery, store_body
from fund.mail.sender import Sender
from tests.fakes.queue import FakeQueue

VALUES = {"invite_url": "https://fund.example/invite/abc", "expires": "28 November 2026"}


def test_only_waiting_mail_of_lists_that_were_left_is_stopped(
    database: Database, queue: FakeQueue, sender: Sender, now: datetime
) -> None:
    with database.write() as session:
        for slug in ("left", "kept"):
            body = store_body(
                session, sender, message="invitation", locale="en", values=VALUES, list_id=f"updates.{slug}", now=now
            )
            for name in ("bob", "carol", "Bob"):
                row = delivery_row(
                    body.id,
                    key=f"{slug}:{name}",
                    address=f"{name}@example.org",
                    personal={},
                    unsubscribe_url=None,
                    now=now,
                )
                session.execute(insert(Delivery), [row])
        queue_delivery(
            session,
            queue,
            sender,
            key="receipt:bob",
            message="invitation",
            address="bob@example.org",
            locale="en",
            values=VALUES,
            now=now,
        )
        session.execute(update(Delivery).where(Delivery.key == "left:Bob").values(state="sent"))
    with database.write() as session:
        assert cancel_deliveries(session, address=" BOB@example.org", keep_lists=["updates.kept"]) == 1
    with database.read() as session:
        states = dict(session.execute(select(Delivery.key, Delivery.state)).all())
    assert states == {
        "left:bob": "cancelled",
        "left:Bob": "sent",
        "left:carol": "queued",
        "kept:bob": "queued",
        "kept:Bob": "queued",
        "kept:carol": "queued",
        "receipt:bob": "queued",
    }
