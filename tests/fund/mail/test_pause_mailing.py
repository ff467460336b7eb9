"""Stopping a mailing and what undoes it: each act once however often it is asked for, and nothing that is not there."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.kit.errors import Refusal
from fund.mail.begin_mailing import begin_mailing
from fund.mail.cancel_mailing import cancel_mailing
from fund.mail.models import Mailing
from fund.mail.pause_mailing import pause_mailing
from fund.mail.resume_mailing import resume_mailing
from fund.work.arm_drain import disarm_drain
from tests.fakes.transport import FakeTransport
from tests.fixtures.databases import sqlite_only
from tests.fund.mail.postroom import Postroom

pytestmark = sqlite_only
Act = Callable[[Postroom, int], Mailing]


def pause(postroom: Postroom, mailing_id: int) -> Mailing:
    with postroom.database.write() as session:
        return pause_mailing(session, mailing_id=mailing_id, actor="member:1", now=postroom.now)


def resume(postroom: Postroom, mailing_id: int) -> Mailing:
    with postroom.database.write() as session:
        return resume_mailing(session, postroom.queue, mailing_id=mailing_id, actor="member:1", now=postroom.now)


def cancel(postroom: Postroom, mailing_id: int) -> Mailing:
    with postroom.database.write() as session:
        return cancel_mailing(session, mailing_id=mailing_id, actor="member:1", now=postroom.now)


def audited(postroom: Postroom) -> list[tuple[str, object, object]]:
    with postroom.database.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(one.action, one.before, one.after) for one in entries]


def test_each_act_twice_is_one(postroom: Postroom) -> None:
    mailing = postroom.mailing(["bob"])
    for act in (pause, resume, pause, cancel):
        assert act(postroom, mailing).id == mailing
        postroom.later(minutes=1)
        assert act(postroom, mailing).id == mailing
    assert audited(postroom) == [
        ("pause_mailing", {"state": "sending"}, {"state": "paused", "reason": "person"}),
        ("resume_mailing", {"state": "paused", "reason": "person", "complaints": 0}, {"state": "sending"}),
        ("pause_mailing", {"state": "sending"}, {"state": "paused", "reason": "person"}),
        ("cancel_mailing", {"state": "paused"}, {"state": "cancelled"}),
    ]


def test_what_was_paused_while_it_was_written_down_is_written_down_further(postroom: Postroom) -> None:
    mailing = postroom.mailing(["bob"], filled=False)
    pause(postroom, mailing)
    postroom.queue.enqueued.clear()
    resumed = resume(postroom, mailing)
    assert (resumed.state, resumed.paused_from, resumed.pause_reason) == ("filling", "", "")
    assert ("fill_mailing", (mailing,)) in postroom.queue.enqueued


def test_what_was_paused_while_it_was_sent_is_sent_further(postroom: Postroom, transport: FakeTransport) -> None:
    mailing = postroom.mailing(["bob"])
    pause(postroom, mailing)
    assert postroom.send(transport) == 0
    postroom.queue.enqueued.clear()
    with postroom.database.write() as session:
        disarm_drain(session, "mailings")
    resume(postroom, mailing)
    assert [task for task, _ in postroom.queue.enqueued] == ["drain_mailings"]
    assert postroom.send(transport) == 1
    assert len(transport.sent) == 1


def test_what_is_cancelled_goes_to_nobody_else(postroom: Postroom, transport: FakeTransport) -> None:
    mailing = postroom.mailing(["bob", "carol", "dave"], batch=2)
    cancelled = cancel(postroom, mailing)
    assert (cancelled.state, cancelled.ended_at) == ("cancelled", postroom.now)
    assert postroom.send(transport) == 0
    assert postroom.states() == dict.fromkeys(("bob", "carol", "dave"), "cancelled")
    for act in (pause, resume):
        with pytest.raises(Refusal) as refused:
            act(postroom, mailing)
        assert refused.value.status == 409


@pytest.mark.parametrize("act", [pause, resume, cancel])
def test_of_no_mailing(postroom: Postroom, act: Act) -> None:
    with pytest.raises(Refusal) as refused:
        act(postroom, 7)
    assert refused.value.status == 404
    assert audited(postroom) == []


def test_one_is_begun_once(postroom: Postroom) -> None:
    first = postroom.mailing(["bob"], key="update:1")
    postroom.queue.enqueued.clear()
    with postroom.database.write() as session:
        again = begin_mailing(
            session, postroom.queue, key="update:1", kind="update", campaign_id=None, groups=("donors",), topic="",
            actor="member:2", now=postroom.now,
        )  # fmt: skip
        assert again is None
    assert postroom.queue.enqueued == []
    with postroom.database.read() as session:
        (kept,) = session.scalars(select(Mailing)).all()
        assert (kept.id, kept.groups, kept.created_by) == (first, "members", "member:1")
