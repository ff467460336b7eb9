"""What a worker makes of the server's answers, and of what it cannot send at all."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from fund.mail import send_mailing_batch as sending
from fund.mail.models import Delivery, MailDay
from fund.mail.send_batch import send_batch
from fund.mail.send_mailing_batch import send_mailing_batch
from fund.mail.transport import Reply
from fund.mail.window import record_window
from tests.fakes.transport import FakeTransport
from tests.fixtures.databases import sqlite_only
from tests.fund.mail.postroom import Postroom

pytestmark = sqlite_only
SAID = {200: "sent", 399: "sent", 400: "deferred", 499: "deferred", 500: "failed", 599: "failed"}


def test_the_first_figure_of_the_servers_code_decides(postroom: Postroom, transport: FakeTransport) -> None:
    postroom.mailing([f"code{code}" for code in SAID])
    transport.answers.extend(Reply(code, "") for code in SAID)
    postroom.send(transport)
    assert postroom.states() == {f"code{code}": state for code, state in SAID.items()}
    assert postroom.delivery("code500").last_reply == "500"
    assert {name: postroom.delivery(name).sent_at is not None for name in ("code200", "code400", "code500")} == {
        "code200": True,
        "code400": False,
        "code500": False,
    }


def test_so_it_does_for_a_single_mail(postroom: Postroom, transport: FakeTransport) -> None:
    postroom.mailing([f"code{code}" for code in SAID])
    with postroom.database.write() as session:
        session.execute(update(Delivery).values(batch_id=None))
    transport.answers.extend(Reply(code, "") for code in SAID)
    send_batch(postroom.database, transport, postroom.sender, now=postroom.now)
    assert postroom.states() == {f"code{code}": state for code, state in SAID.items()}
    with postroom.database.read() as session:
        sent = session.scalars(select(Delivery).where(Delivery.sent_at.is_not(None))).all()
        assert {one.state for one in sent} == {"sent"}
        assert len(sent) == 2


def test_a_stored_address_that_is_none_fails_alone(postroom: Postroom, transport: FakeTransport) -> None:
    mailing = postroom.mailing(["bob", "carol"])
    with postroom.database.write() as session:
        spoilt = update(Delivery).where(Delivery.id == postroom.delivery("bob").id)
        session.execute(spoilt.values(address="bob@b.example\r\nBcc: c@d.example"))
    postroom.send(transport)
    assert [one.recipient for one in transport.sent] == ["carol@carol.example"]
    assert (postroom.states(), postroom.state(mailing)) == ({"bob": "failed", "carol": "sent"}, "done")


def test_a_site_that_cannot_be_named_writes_to_nobody_and_loses_nobody(
    postroom: Postroom, transport: FakeTransport
) -> None:
    postroom.mailing(["bob"])
    good, postroom.sender = postroom.sender, replace(postroom.sender, mail_from="fünd@carrefour.example")
    postroom.send(transport)
    assert transport.sent == []
    assert (postroom.delivery("bob").state, postroom.delivery("bob").last_reply) == ("deferred", "unreadable")
    postroom.sender = good
    postroom.later(minutes=5)
    postroom.send(transport)
    assert postroom.states() == {"bob": "sent"}


def test_a_worker_that_lays_out_ever_more_mailings_forgets_the_old_ones(
    postroom: Postroom, transport: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_MOST_PREPARED", 2)
    for number in range(6):
        postroom.mailing([f"m{number}"], key=f"update:{number}")
    worker = postroom.worker(transport)
    while send_mailing_batch(worker, lambda: False):
        assert len(worker.prepared) <= 3
    assert set(postroom.states().values()) == {"sent"}


def refuse(times: int, do: Callable[..., None]) -> Callable[..., None]:
    """As a database that another writer holds."""
    left = iter(range(times))

    def busy(*arguments: object, **named: object) -> None:
        if next(left, None) is not None:
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        do(*arguments, **named)

    return busy


def test_what_was_sent_is_written_down_though_others_hold_the_database(
    postroom: Postroom, transport: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    postroom.mailing(["bob"])
    monkeypatch.setattr(sending, "record_window", refuse(4, record_window))
    postroom.send(transport)
    assert postroom.states() == {"bob": "sent"}
    assert len(transport.sent) == 1
    with postroom.database.read() as session:
        assert session.scalars(select(MailDay.sent)).one() == 1


def test_a_database_that_stays_held_ends_the_work_with_its_error(
    postroom: Postroom, transport: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    postroom.mailing(["bob"])
    monkeypatch.setattr(sending, "record_window", refuse(5, record_window))
    with pytest.raises(OperationalError):
        postroom.send(transport)
    assert (postroom.states(), transport.sent) == ({"bob": "queued"}, [])
