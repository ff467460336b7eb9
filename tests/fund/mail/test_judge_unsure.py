"""A person says what became of a mail that may or may not have gone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.kit.errors import Refusal
from fund.mail.judge_unsure import judge_unsure
from fund.mail.models import Delivery, Mailing
from fund.mail.queue_delivery import queue_delivery
from fund.mail.send_batch import send_batch
from fund.mail.transport import InDoubtError
from fund.work.arm_drain import disarm_drain
from tests.fakes.transport import FakeTransport
from tests.fixtures.databases import sqlite_only
from tests.fund.mail.postroom import VALUES, Postroom

pytestmark = sqlite_only


def judge(postroom: Postroom, delivery_id: int, verdict: str) -> Delivery:
    with postroom.database.write() as session:
        return judge_unsure(
            session, postroom.queue, delivery_id=delivery_id, verdict=verdict, actor="member:1", now=postroom.now
        )


def awake(postroom: Postroom) -> list[str]:
    """Which drains were woken since the last look; each has begun."""
    woken = [task for task, _ in postroom.queue.enqueued]
    postroom.queue.enqueued.clear()
    with postroom.database.write() as session:
        for inbox in ("mail", "mailings"):
            disarm_drain(session, inbox)
    return woken


def audited(postroom: Postroom) -> list[tuple[str, object, object]]:
    with postroom.database.read() as session:
        return [(one.action, one.before, one.after) for one in session.scalars(select(AuditEntry))]


def test_a_receipt_that_did_not_arrive_goes_once_more(postroom: Postroom, transport: FakeTransport) -> None:
    with postroom.database.write() as session:
        queue_delivery(
            session, postroom.queue, postroom.sender, key="receipt:1", message="invitation",
            address="bob@bob.example", locale="en", values=VALUES, now=postroom.now,
        )  # fmt: skip
    transport.answers.append(InDoubtError())
    send_batch(postroom.database, transport, postroom.sender, now=postroom.now)
    assert postroom.states() == {"bob": "unsure"}
    awake(postroom)
    postroom.later(hours=1)
    judge(postroom, postroom.delivery("bob").id, "again")
    assert awake(postroom) == ["drain_mail"]
    assert send_batch(postroom.database, transport, postroom.sender, now=postroom.now) == 1
    assert postroom.states() == {"bob": "sent"}
    assert len(transport.sent) == 2
    assert audited(postroom) == [("judge_unsure", {"state": "unsure"}, {"state": "queued"})]


def test_of_a_mailing_that_was_done_it_goes_once_more_and_then_it_is_done_again(
    postroom: Postroom, transport: FakeTransport
) -> None:
    mailing = postroom.mailing(["bob", "carol"])
    transport.answers.append(InDoubtError())
    postroom.send(transport)
    assert postroom.state(mailing) == "done"
    awake(postroom)
    postroom.later(hours=1)
    judge(postroom, postroom.delivery("bob").id, "again")
    assert awake(postroom) == ["drain_mailings"]
    with postroom.database.read() as session:
        row = session.get_one(Mailing, mailing)
        assert (row.state, row.ended_at) == ("sending", None)
    postroom.send(transport)
    assert [one.recipient for one in transport.sent].count("carol@carol.example") == 1
    assert (postroom.states(), postroom.state(mailing)) == ({"bob": "sent", "carol": "sent"}, "done")


def test_one_that_arrived_was_sent_when_it_left(postroom: Postroom, transport: FakeTransport) -> None:
    left_at = postroom.now
    postroom.mailing(["bob"])
    transport.answers.append(InDoubtError())
    postroom.send(transport)
    awake(postroom)
    postroom.later(days=1)
    judged = judge(postroom, postroom.delivery("bob").id, "sent")
    assert judged.state == "sent"
    assert judged.sent_at is not None
    assert abs(judged.sent_at - left_at) < timedelta(seconds=5)
    assert awake(postroom) == []
    assert postroom.send(transport) == 0


def test_it_is_judged_once_and_only_if_it_is_unsure(postroom: Postroom, transport: FakeTransport) -> None:
    postroom.mailing(["bob"])
    transport.answers.append(InDoubtError())
    postroom.send(transport)
    bob = postroom.delivery("bob").id
    refused: dict[str, tuple[int, str | None]] = {}
    for what, id_, verdict in (("no answer", bob, "maybe"), ("nobody", bob + 1, "again")):
        with pytest.raises(Refusal) as refusal:
            judge(postroom, id_, verdict)
        refused[what] = (refusal.value.status, refusal.value.field)
    judge(postroom, bob, "sent")
    with pytest.raises(Refusal) as refusal:
        judge(postroom, bob, "again")
    refused["twice"] = (refusal.value.status, refusal.value.field)
    assert refused == {"no answer": (422, "verdict"), "nobody": (404, None), "twice": (409, None)}
    assert len(audited(postroom)) == 1
