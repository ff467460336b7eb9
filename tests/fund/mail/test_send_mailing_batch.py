import threading
from collections.abc import Sequence
from datetime import timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from fund.mail.cancel_deliveries import cancel_deliveries
from fund.mail.models import Delivery, MailBatch, MailDay, Mailing, MailPace, Suppression
from fund.mail.pace import take_turn
from fund.mail.send_mailing_batch import send_mailing_batch
from fund.mail.transport import Answer, InDoubtError, Outgoing, Reply, TransportUnavailableError
from tests.fakes.transport import FakeTransport
from tests.fixtures.databases import sqlite_only
from tests.fund.mail.postroom import Postroom
from tests.fund.mail.smtp_server import SmtpServer
from tests.fund.updates.newsroom import text_of


class Killed(BaseException):
    """The process ends while the server talks."""


class KilledTransport(FakeTransport):
    def send_many(self, messages: Sequence[Outgoing], *, sender: str) -> list[Answer]:
        super().send_many(messages, sender=sender)
        raise Killed


def names(count: int) -> list[str]:
    return [f"member{number}" for number in range(count)]


def test_everybody_gets_their_own_message_once(postroom: Postroom, smtp: SmtpServer) -> None:
    mailing = postroom.mailing(names(7), batch=3)
    assert postroom.send(smtp.transport()) == 3
    assert postroom.send(smtp.transport()) == 0
    assert sorted(to[0] for _, to, _ in smtp.messages) == [f"member{n}@member{n}.example" for n in range(7)]
    for sender, (to,), raw in smtp.messages:
        message = message_from_bytes(raw, policy=policy.default)
        assert (sender, message["To"]) == ("fund@carrefour.example", to)
        assert "https://fund.example/invite/abc" in text_of(message)
    assert set(postroom.states().values()) == {"sent"}
    assert postroom.state(mailing) == "done"


def test_nobody_is_written_down_twice_and_suppressed_addresses_never(postroom: Postroom) -> None:
    mailing = postroom.mailing(["bob", "carol"], filled=False)
    with postroom.database.write() as session:
        index = session.scalars(select(Delivery.address_index).order_by(Delivery.id)).first()
        session.add(Suppression(address_index=index, reason="asked", since=postroom.now))
        session.execute(text("DELETE FROM delivery"))
    assert postroom.add(mailing, ["bob", "carol", "dave"]) == 2
    assert postroom.add(mailing, ["bob", "carol", "dave", "Dave@dave.example"]) == 0
    assert postroom.add(mailing, ["bob"]) == 0
    assert set(postroom.states()) == {"carol", "dave"}
    with postroom.database.read() as session:
        assert len(session.scalars(select(MailBatch)).all()) == 2, "none for nobody"
        assert session.get_one(Mailing, mailing).queued == 4


def test_a_mailing_that_nobody_gets_is_done(postroom: Postroom) -> None:
    assert postroom.state(postroom.mailing([])) == "done"


def test_later_for_one_mailbox_stops_nobody_else(postroom: Postroom, smtp: SmtpServer) -> None:
    smtp.refused = {
        "full@example.org": "452 4.2.2 full",
        "gone@example.org": "550 5.1.1 no such user",
        "spam@example.org": "550 5.7.1 we do not like you",
    }
    mailing = postroom.mailing([f"{name}@example.org" for name in ("full", "gone", "spam", "bob")])
    postroom.send(smtp.transport())
    assert postroom.states() == {"full": "deferred", "gone": "bounced", "spam": "failed", "bob": "sent"}
    assert postroom.delivery("gone").last_reply == "550 5.1.1"
    assert postroom.state(mailing) == "sending"
    with postroom.database.read() as session:
        (suppressed,) = session.scalars(select(Suppression)).all()
        assert (suppressed.address_index, suppressed.reason) == (postroom.delivery("gone").address_index, "bounced")
    smtp.refused = {}
    postroom.later(minutes=1)
    postroom.send(smtp.transport())
    assert postroom.delivery("full").state == "sent"
    assert postroom.state(mailing) == "done"


def test_a_domain_that_says_later_is_left_alone_and_that_is_no_attempt(
    postroom: Postroom, transport: FakeTransport
) -> None:
    postroom.mailing(["first@slow.example", *(f"m{n}@slow.example" for n in range(5)), "bob@quick.example"])
    transport.answers.append(Reply(451, "4.7.1"))
    postroom.send(transport)
    assert [one.recipient for one in transport.sent] == ["bob@quick.example"]
    assert set(postroom.states().values()) == {"deferred", "sent"}
    assert [postroom.delivery(name).attempts for name in ("first", "m0", "m4")] == [1, 0, 0]
    postroom.later(minutes=1)
    transport.answers.append(Reply(451, "4.7.1"))
    postroom.send(transport)
    assert len(transport.sent) == 1
    postroom.later(minutes=2)
    assert postroom.send(transport) == 0, "the second time it waits longer"
    postroom.later(minutes=3)
    postroom.send(transport)
    assert set(postroom.states().values()) == {"sent"}
    assert len(transport.sent) == 7


@sqlite_only
def test_a_domain_that_says_later_for_two_days_is_given_up(postroom: Postroom) -> None:
    class Later(FakeTransport):
        def send(self, message: bytes, *, sender: str, recipient: str) -> Reply:
            del message, sender, recipient
            return Reply(450, "4.4.1")

    mailing = postroom.mailing([f"m{n}@slow.example" for n in range(3)])
    began = postroom.now
    while postroom.state(mailing) != "done":
        postroom.send(Later())
        postroom.later(minutes=30)
        assert postroom.now - began < timedelta(days=4)
    assert set(postroom.states().values()) == {"failed"}


def test_a_server_that_is_down_is_left_alone_for_a_minute(postroom: Postroom, transport: FakeTransport) -> None:
    postroom.mailing(names(9))
    transport.answers.extend([Reply(250)] + [TransportUnavailableError()] * 3)
    assert send_mailing_batch(postroom.worker(transport, size=9), lambda: False) == 0
    counts = list(postroom.states().values())
    assert (counts.count("sent"), counts.count("deferred"), counts.count("queued")) == (1, 3, 5)
    assert postroom.send(transport) == 0
    postroom.later(minutes=2)
    postroom.send(transport)
    assert set(postroom.states().values()) == {"sent"}
    with postroom.database.read() as session:
        assert session.scalars(select(MailDay.sent)).one() == 9, "what was not handed over does not count"


def test_in_doubt_is_unsure_and_never_sent_again(postroom: Postroom, transport: FakeTransport) -> None:
    mailing = postroom.mailing(["bob", "carol"])
    transport.answers.append(InDoubtError())
    postroom.send(transport)
    postroom.later(days=3)
    postroom.send(transport)
    assert postroom.states() == {"bob": "unsure", "carol": "sent"}
    assert postroom.state(mailing) == "done"


def test_of_a_worker_that_died_only_its_window_is_unsure(postroom: Postroom, transport: FakeTransport) -> None:
    mailing = postroom.mailing(names(8))
    with pytest.raises(Killed):
        postroom.send(KilledTransport())
    assert list(postroom.states().values()).count("sending") == 1
    assert postroom.send(transport) == 0, "nobody else takes a batch that is held"
    postroom.later(minutes=6)
    assert postroom.send(transport) == 1
    counts = list(postroom.states().values())
    assert (counts.count("unsure"), counts.count("sent")) == (1, 7)
    assert postroom.state(mailing) == "done"


def test_a_worker_that_took_too_long_loses_its_batch(postroom: Postroom) -> None:
    class Suspended(FakeTransport):
        def send_many(self, messages: Sequence[Outgoing], *, sender: str) -> list[Answer]:
            if not postroom.rate:
                postroom.rate = 1000
                postroom.later(minutes=6)
                postroom.send(other)
            return super().send_many(messages, sender=sender)

    postroom.mailing(names(4))
    other, slow = FakeTransport(), Suspended()
    send_mailing_batch(postroom.worker(slow), lambda: False)
    assert sorted(one.recipient for one in other.sent + slow.sent) == [f"member{n}@member{n}.example" for n in range(4)]
    assert list(postroom.states().values()).count("unsure") == 1


def test_the_window_grows_while_the_server_is_quick(postroom: Postroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fund.mail.send_mailing_batch.time", SimpleNamespace(monotonic=lambda: 0.0))
    sizes: list[int] = []

    class Counting(FakeTransport):
        def send_many(self, messages: Sequence[Outgoing], *, sender: str) -> list[Answer]:
            sizes.append(len(messages))
            return super().send_many(messages, sender=sender)

    postroom.mailing(names(200))
    postroom.send(Counting())
    assert sizes[0] == 1
    assert sizes == sorted(sizes[:-1]) + sizes[-1:]
    assert max(sizes) <= 50


def test_the_rate_holds_over_all_workers(postroom: Postroom) -> None:
    postroom.rate = 20
    postroom.mailing(names(40), batch=10)
    began = postroom.now
    first, second = FakeTransport(), FakeTransport()
    workers = [postroom.worker(first), postroom.worker(second)]
    while sum(send_mailing_batch(worker, lambda: False) for worker in workers):
        pass
    assert len(first.sent) + len(second.sent) == 40
    assert timedelta(seconds=1.8) <= postroom.now - began <= timedelta(seconds=2.2)


def test_warming_up_doubles_each_day(postroom: Postroom, transport: FakeTransport) -> None:
    mailing = postroom.mailing(names(40), batch=10)
    with postroom.database.write() as session:
        pace = session.get_one(MailPace, 1)
        pace.first_day, pace.warm_since = 5, postroom.now
    sent = []
    for _ in range(4):
        postroom.send(transport)
        sent.append(len(transport.sent))
        postroom.later(days=1)
    assert sent == [5, 15, 35, 40]
    assert postroom.state(mailing) == "done"


def test_a_receipt_does_not_wait_for_a_mailing(postroom: Postroom) -> None:
    from fund.mail.claim import claim_one  # noqa: PLC0415  to show that it sees none of them

    postroom.mailing(["bob"])
    with postroom.database.write() as session:
        assert claim_one(session, now=postroom.now) is None


def test_who_leaves_meanwhile_gets_nothing(postroom: Postroom, transport: FakeTransport) -> None:
    postroom.mailing(["bob", "carol"])
    with postroom.database.write() as session:
        assert cancel_deliveries(session, address="bob@bob.example") == 1
    postroom.send(transport)
    assert postroom.states() == {"bob": "cancelled", "carol": "sent"}


def test_a_row_whose_key_is_gone_stops_nobody(postroom: Postroom, transport: FakeTransport) -> None:
    postroom.mailing(["bob", "carol"])
    with postroom.database.write() as session:
        session.execute(text("UPDATE delivery SET address = 'v1.lost.AAAA' WHERE id = (SELECT MIN(id) FROM delivery)"))
    postroom.send(transport)
    assert [one.recipient for one in transport.sent] == ["carol@carol.example"]


@sqlite_only
def test_an_unusable_dkim_key_holds_mail_back(postroom: Postroom, transport: FakeTransport) -> None:
    postroom.mailing(["bob"])
    worker = postroom.worker(transport)
    object.__setattr__(worker.sender, "dkim_key", "nonsense")
    assert send_mailing_batch(worker, lambda: False) == 0
    assert transport.sent == []
    assert postroom.delivery("bob").state == "queued"


def test_asked_to_end_it_leaves_the_rest_for_others(postroom: Postroom, transport: FakeTransport) -> None:
    postroom.mailing(names(3))
    worker = postroom.worker(transport)
    assert send_mailing_batch(worker, lambda: True) == 1
    with postroom.database.read() as session:
        batch = session.scalars(select(MailBatch)).one()
        assert (batch.worked_until, batch.next_due is not None) == (None, True)
    postroom.send(transport)
    assert len(transport.sent) == 3


def test_three_workers_send_each_message_once(postroom: Postroom, smtp: SmtpServer) -> None:
    mailing = postroom.mailing(names(60), batch=7)
    workers = [threading.Thread(target=postroom.send, args=(smtp.transport(),)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(to[0] for _, to, _ in smtp.messages) == sorted(f"{name}@{name}.example" for name in names(60))
    with postroom.database.read() as session:
        assert session.get_one(Mailing, mailing).began_at is not None


@sqlite_only
def test_single_messages_count_in_the_rate_and_do_not_wait(postroom: Postroom, transport: FakeTransport) -> None:
    postroom.rate = 2
    postroom.mailing(["bob"])
    with postroom.database.write() as session:
        take_turn(session, 4, rate=2, now=postroom.now)
    began = postroom.now
    postroom.send(transport)
    assert timedelta(seconds=1.8) <= postroom.now - began <= timedelta(seconds=2.5)
