import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import insert, select, text, update

from fund.db.session import Database
from fund.db.types import address_index
from fund.mail.mark_unsure import mark_unsure
from fund.mail.models import Delivery, Suppression
from fund.mail.queries import counts_by_state, has_due
from fund.mail.queue_delivery import delivery_row, queue_delivery, store_body
from fund.mail.send_batch import send_batch
from fund.mail.sender import Sender
from fund.mail.smtp_transport import SmtpTransport
from fund.mail.transport import InDoubtError, Reply, TransportUnavailableError
from tests.fakes.queue import FakeQueue
from tests.fakes.transport import FakeTransport
from tests.fixtures.databases import sqlite_only
from tests.fund.mail.smtp_server import SmtpServer

VALUES = {"invite_url": "https://fund.example/invite/abc", "expires": "28 November 2026"}


def queue_for(database: Database, sender: Sender, now: datetime, *names: str) -> None:
    for name in names:
        with database.write() as session:
            queue_delivery(
                session,
                FakeQueue(),
                sender,
                key=f"invitation:{name}",
                message="invitation",
                address=f"{name}@example.org",
                locale="en",
                values=VALUES,
                now=now,
            )


def states(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {one.address.partition("@")[0]: one.state for one in session.scalars(select(Delivery))}


def only(database: Database) -> Delivery:
    with database.read() as session:
        return session.scalars(select(Delivery)).one()


@pytest.fixture
def real(smtp: SmtpServer) -> Iterator[SmtpTransport]:
    opened = smtp.transport()
    yield opened
    opened.close()


def test_what_is_due_goes_out_once(
    database: Database, smtp: SmtpServer, real: SmtpTransport, sender: Sender, now: datetime
) -> None:
    queue_for(database, sender, now, "bob", "carol")
    assert send_batch(database, real, sender, now=now) == 2
    assert send_batch(database, real, sender, now=now + timedelta(days=1)) == 0
    assert states(database) == {"bob": "sent", "carol": "sent"}
    assert [to for _, to, _ in smtp.messages] == [["bob@example.org"], ["carol@example.org"]]
    message = message_from_bytes(smtp.messages[0][2], policy=policy.default)
    assert message["To"] == "bob@example.org"
    assert message["From"].addresses[0].addr_spec == smtp.messages[0][0] == "fund@carrefour.example"


def test_one_bad_address_stops_nobody(
    database: Database, smtp: SmtpServer, real: SmtpTransport, sender: Sender, now: datetime
) -> None:
    smtp.refused = {"gone@example.org": "550 5.1.1 gone@example.org is gone", "full@example.org": "452 4.2.2 full"}
    queue_for(database, sender, now, "gone", "full", "bob")
    with database.write() as session:
        session.execute(update(Delivery).values(address="x\r\ny").where(Delivery.key == "invitation:none"))
    assert send_batch(database, real, sender, now=now) == 3
    assert states(database) == {"gone": "failed", "full": "deferred", "bob": "sent"}
    with database.read() as session:
        replies = {one.last_reply for one in session.scalars(select(Delivery))}
        suppressed = [(one.address_index, one.reason) for one in session.scalars(select(Suppression))]
    assert replies == {"550 5.1.1", "452 4.2.2", "250 2.0.0"}, "codes only: the words repeat the address"
    assert suppressed == [(address_index("gone@example.org"), "bounced")]


def test_what_was_put_off_comes_later_and_at_last_fails(
    database: Database, transport: FakeTransport, sender: Sender, now: datetime
) -> None:
    queue_for(database, sender, now, "full")
    tries = 0
    while only(database).state in ("queued", "deferred"):
        transport.answers.append(Reply(452, "4.2.2"))
        now = max(now, only(database).due_at)
        assert send_batch(database, transport, sender, now=now - timedelta(seconds=1)) == 0
        assert send_batch(database, transport, sender, now=now) == 1
        tries += 1
    assert only(database).state == "failed"
    assert only(database).attempts == tries > 40
    assert timedelta(hours=46) < now - only(database).created_at < timedelta(days=2, minutes=1)


def test_a_message_in_doubt_is_never_sent_again(
    database: Database, smtp: SmtpServer, real: SmtpTransport, sender: Sender, now: datetime
) -> None:
    smtp.answers = ["hang up"]
    queue_for(database, sender, now, "bob", "carol")
    assert send_batch(database, real, sender, now=now) == 2
    assert send_batch(database, real, sender, now=now + timedelta(days=3)) == 0
    assert states(database) == {"bob": "unsure", "carol": "sent"}
    assert len(smtp.messages) == 2


def test_a_server_that_is_down_costs_three_tries_and_loses_nothing(
    database: Database, transport: FakeTransport, sender: Sender, now: datetime
) -> None:
    queue_for(database, sender, now, "a", "b", "c", "d", "e")
    transport.answers.extend([TransportUnavailableError()] * 3)
    assert send_batch(database, transport, sender, now=now) == 0, "0 sends the drain home"
    with database.read() as session:
        assert counts_by_state(session) == {"deferred": 3, "queued": 2}
        assert has_due(session, now=now)
    assert send_batch(database, transport, sender, now=now + timedelta(minutes=1, seconds=5)) == 5
    assert set(states(database).values()) == {"sent"}


def test_what_a_killed_process_left_behind_is_listed_as_unsure(
    database: Database, sender: Sender, now: datetime
) -> None:
    class Killed(BaseException):
        """The process ends while the server talks."""

    class KilledTransport(FakeTransport):
        def send(self, message: bytes, *, sender: str, recipient: str) -> Reply:
            super().send(message, sender=sender, recipient=recipient)
            raise Killed

    queue_for(database, sender, now, "bob", "carol")
    with pytest.raises(Killed):
        send_batch(database, KilledTransport(), sender, now=now)
    assert states(database) == {"bob": "sending", "carol": "queued"}
    later = now + timedelta(minutes=16)
    with database.write() as session:
        assert mark_unsure(session, older_than=timedelta(minutes=15), now=now + timedelta(minutes=14)) == 0
        assert mark_unsure(session, older_than=timedelta(minutes=15), now=later) == 1
    rest = FakeTransport()
    assert send_batch(database, rest, sender, now=later) == 1
    assert [one.recipient for one in rest.sent] == ["carol@example.org"]
    assert states(database) == {"bob": "unsure", "carol": "sent"}


def test_what_an_older_release_queued_for_many_still_goes_out_behind_a_receipt(
    database: Database, transport: FakeTransport, sender: Sender, now: datetime
) -> None:
    with database.write() as session:
        body = store_body(
            session, sender, message="invitation", locale="en", values=VALUES, list_id="updates.x", now=now
        )
        for n in range(3):
            address = f"many{n}@example.org"
            row = delivery_row(
                body.id, key=f"update:1:{n}", address=address, personal={}, unsubscribe_url=None, now=now
            )
            session.execute(insert(Delivery), [row | {"bulk": True, "due_at": now - timedelta(hours=1)}])
    queue_for(database, sender, now, "donor")
    send_batch(database, transport, sender, now=now)
    assert [one.recipient.partition("@")[0] for one in transport.sent] == ["donor", "many0", "many1", "many2"]


def test_a_batch_ends_at_its_limit(database: Database, transport: FakeTransport, sender: Sender, now: datetime) -> None:
    queue_for(database, sender, now, "a", "b", "c")
    assert send_batch(database, transport, sender, limit=2, now=now) == 2
    assert send_batch(database, transport, sender, limit=2, now=now) == 1


@sqlite_only
def test_the_rate_holds(database: Database, transport: FakeTransport, sender: Sender, now: datetime) -> None:
    queue_for(database, sender, now, "a", "b", "c", "d")
    began = time.monotonic()
    assert send_batch(database, transport, sender, rate=20, now=now) == 4
    assert time.monotonic() - began >= 0.2


def test_two_workers_send_each_message_once(
    database: Database, smtp: SmtpServer, sender: Sender, now: datetime
) -> None:
    names = [f"member{number}" for number in range(40)]
    queue_for(database, sender, now, *names)

    def work() -> None:
        transport = smtp.transport()
        while send_batch(database, transport, sender, limit=5, now=now):
            pass
        transport.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(to[0] for _, to, _ in smtp.messages) == sorted(f"{name}@example.org" for name in names)
    assert set(states(database).values()) == {"sent"}


def test_a_judgement_made_meanwhile_stands(
    database: Database, transport: FakeTransport, sender: Sender, now: datetime
) -> None:
    class Slow(FakeTransport):
        def send(self, message: bytes, *, sender: str, recipient: str) -> Reply:
            with database.write() as session:
                mark_unsure(session, older_than=timedelta(0), now=now + timedelta(hours=1))
            return super().send(message, sender=sender, recipient=recipient)

    queue_for(database, sender, now, "bob")
    send_batch(database, Slow(), sender, now=now)
    assert states(database) == {"bob": "unsure"}


def test_a_row_whose_key_is_gone_waits_and_stops_nobody(
    database: Database, transport: FakeTransport, sender: Sender, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    queue_for(database, sender, now, "bob", "carol")
    with database.write() as session:
        session.execute(text("UPDATE delivery SET address = 'v1.lost.AAAA' WHERE key = 'invitation:bob'"))
    assert send_batch(database, transport, sender, now=now) == 2
    assert [one.recipient for one in transport.sent] == ["carol@example.org"]
    with database.read() as session:
        assert counts_by_state(session) == {"deferred": 1, "sent": 1}
    assert "DATA_KEYS" in caplog.text


@sqlite_only
def test_an_unusable_dkim_key_holds_mail_back_rather_than_sending_it_unsigned(
    database: Database, transport: FakeTransport, sender: Sender, now: datetime
) -> None:
    queue_for(database, sender, now, "bob")
    signing = replace(sender, dkim_key="nonsense", dkim_selector="a")
    assert send_batch(database, transport, signing, now=now) == 1
    assert transport.sent == []
    assert only(database).state == "deferred"


def test_a_stored_address_that_is_none_fails_alone(
    database: Database, transport: FakeTransport, sender: Sender, now: datetime
) -> None:
    queue_for(database, sender, now, "bob", "carol")
    with database.write() as session:
        session.execute(
            update(Delivery).where(Delivery.key == "invitation:bob").values(address="a@b.example\r\nBcc: c@d.example")
        )
    assert send_batch(database, transport, sender, now=now) == 2
    assert [one.recipient for one in transport.sent] == ["carol@example.org"]
    with database.read() as session:
        assert counts_by_state(session) == {"failed": 1, "sent": 1}


@sqlite_only
def test_in_doubt_from_any_transport_is_unsure(
    database: Database, transport: FakeTransport, sender: Sender, now: datetime
) -> None:
    transport.answers.append(InDoubtError())
    queue_for(database, sender, now, "bob")
    send_batch(database, transport, sender, now=now)
    assert (only(database).state, only(database).last_reply) == ("unsure", "in doubt")
