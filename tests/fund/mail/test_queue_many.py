from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from fund.db.session import Database
from fund.mail.models import Delivery, MailBody
from fund.mail.queries import counts_by_state
from fund.mail.queue_delivery import store_body
from fund.mail.queue_many import CHUNK, Recipient, queue_many
from fund.mail.sender import Sender
from tests.fakes.queue import FakeQueue

VALUES = {"invite_url": "https://fund.example/invite/abc", "expires": "28 November 2026"}


def people(count: int) -> Iterator[Recipient]:
    return (Recipient(key=f"update:1:{n}", address=f"m{n}@example.org", unsubscribe_url=None) for n in range(count))


def body(database: Database, sender: Sender, now: datetime) -> MailBody:
    with database.write() as session:
        return store_body(
            session, sender, message="invitation", locale="en", values=VALUES, list_id="updates.x", now=now
        )


def test_more_than_one_chunk_shares_one_body_and_one_drain(
    database: Database, queue: FakeQueue, sender: Sender, now: datetime
) -> None:
    shared = body(database, sender, now)
    with database.write() as session:
        assert queue_many(session, queue, body=shared, recipients=people(CHUNK + 3), now=now) == CHUNK + 3
    with database.read() as session:
        assert counts_by_state(session, key_prefix="update:1:") == {"queued": CHUNK + 3}
        assert session.scalar(select(func.count(Delivery.body_id.distinct()))) == 1
        assert session.scalar(select(func.count()).where(Delivery.bulk.is_(False))) == 0
    assert queue.enqueued == [("drain_mail", ())]


def test_those_who_have_it_are_passed_over(database: Database, queue: FakeQueue, sender: Sender, now: datetime) -> None:
    shared = body(database, sender, now)
    with database.write() as session:
        assert queue_many(session, queue, body=shared, recipients=people(2), now=now) == 2
        assert queue_many(session, queue, body=shared, recipients=people(5), now=now) == 3
        assert queue_many(session, queue, body=shared, recipients=people(5), now=now) == 0


def test_nobody_to_write_to_wakes_nobody(database: Database, queue: FakeQueue, sender: Sender, now: datetime) -> None:
    shared = body(database, sender, now)
    with database.write() as session:
        assert queue_many(session, queue, body=shared, recipients=[], now=now) == 0
    assert queue.enqueued == []
