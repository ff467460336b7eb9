import threading
from datetime import datetime

from sqlalchemy import func, select, text, update

from fund.db.session import Database
from fund.mail.find_delivery import find_delivery
from fund.mail.models import Delivery, MailBody
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only

VALUES = {"invite_url": "https://fund.example/invite/abc", "expires": "28 November 2026"}


def invite(
    database: Database,
    queue: FakeQueue,
    sender: Sender,
    now: datetime,
    *,
    key: str = "invitation:1",
    address: str = "bob@example.org",
    locale: str = "en",
) -> bool:
    with database.write() as session:
        return queue_delivery(
            session,
            queue,
            sender,
            key=key,
            message="invitation",
            address=address,
            locale=locale,
            values=VALUES,
            now=now,
        )


def stored(database: Database) -> list[Delivery]:
    with database.read() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def test_a_mail_waits_and_one_drain_is_on_its_way(
    database: Database, queue: FakeQueue, sender: Sender, now: datetime
) -> None:
    assert invite(database, queue, sender, now)
    assert invite(database, queue, sender, now, key="invitation:2", address="carol@example.org", locale="fr")
    first, second = stored(database)
    assert (first.state, first.address, first.attempts, first.due_at) == ("queued", "bob@example.org", 0, now)
    assert not first.bulk
    assert queue.enqueued == [("drain_mail", ())]
    with database.read() as session:
        body = session.get_one(MailBody, second.body_id)
    assert (body.locale, body.subject) == ("fr", "Vous êtes invité à rejoindre Le Carrefour")


def test_the_same_key_is_queued_once(database: Database, queue: FakeQueue, sender: Sender, now: datetime) -> None:
    assert invite(database, queue, sender, now)
    assert not invite(database, queue, sender, now, address="other@example.org")
    assert [one.address for one in stored(database)] == ["bob@example.org"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MailBody)) == 1


def test_what_is_rolled_back_is_not_sent(database: Database, queue: FakeQueue, sender: Sender, now: datetime) -> None:
    with database.write() as session:
        queue_delivery(
            session,
            queue,
            sender,
            key="invitation:1",
            message="invitation",
            address="bob@example.org",
            locale="en",
            values=VALUES,
            now=now,
        )
        session.rollback()
    assert stored(database) == []
    assert queue.enqueued == []


def test_what_is_no_address_fails_at_once_and_stops_nobody(
    database: Database, queue: FakeQueue, sender: Sender, now: datetime
) -> None:
    assert invite(database, queue, sender, now, address="bob@example.org\r\nBcc: eve@example.org")
    (only,) = stored(database)
    assert (only.state, only.last_reply) == ("failed", "no address")


def test_nobodys_address_nor_words_lie_open_in_the_database(
    database: Database, queue: FakeQueue, sender: Sender, now: datetime
) -> None:
    invite(database, queue, sender, now)
    with database.read() as session:
        rows = [*session.execute(text("SELECT * FROM delivery")), *session.execute(text("SELECT * FROM mail_body"))]
    assert len(rows) == 2
    assert not any("bob" in str(row) or "/invite/abc" in str(row) or "You are invited" in str(row) for row in rows)


@sqlite_only
def test_whether_it_was_sent_is_found_by_its_key(
    database: Database, queue: FakeQueue, sender: Sender, now: datetime
) -> None:
    invite(database, queue, sender, now)
    (only,) = stored(database)
    with database.write() as session:
        assert find_delivery(session, only.key) == ("queued", None)
        assert find_delivery(session, only.key + "0") is None
        session.execute(update(Delivery).values(state="sent", sent_at=now))
        assert find_delivery(session, only.key) == ("sent", now)


def test_two_sessions_that_queue_the_same_key_at_once_queue_one(
    database: Database, sender: Sender, now: datetime
) -> None:
    start, answers = threading.Barrier(4), []

    def queue_it(address: str) -> None:
        start.wait(10)
        answers.append(invite(database, FakeQueue(), sender, now, address=address))

    threads = [threading.Thread(target=queue_it, args=(f"n{number}@example.org",)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(answers) == [False, False, False, True]
    assert len(stored(database)) == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MailBody)) == 1
