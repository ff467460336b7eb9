"""Who leaves, or takes an update back, while a worker is at its mailing: whatever is claimed after that goes to nobody.

Each order of two transactions by itself: the one begun first is open until the other is done or waits for it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.mail.cancel_mailing import cancel_mailing
from fund.mail.judge_unsure import judge_unsure
from fund.mail.models import Delivery, Mailing
from fund.mail.pace import note_left
from fund.mail.pause_mailing import pause_mailing
from fund.mail.send_mailing_batch import MailingSender, send_mailing_batch
from fund.mail.suppress_by_hand import suppress_by_hand
from fund.mail.transport import Answer, InDoubtError, Outgoing, Reply, TransportUnavailableError
from fund.members.set_update_preference import set_update_preference
from fund.privacy.erase_member import erase_member
from fund.updates.fill_mailing import fill_mailing
from fund.updates.leave_updates import leave_updates
from fund.updates.note_preference import note_preference
from fund.updates.set_preferences import set_preferences
from fund.updates.stop_everything import stop_everything
from fund.updates.unsubscribing import unsubscribe_token
from fund.updates.withdraw_update import withdraw_update
from tests.fakes.transport import FakeTransport
from tests.fixtures.databases import postgresql_only, sqlite_only
from tests.fixtures.meanwhile import meanwhile
from tests.fund.updates.newsroom import Newsroom

BOB = "bob@example.org"
Act = Callable[[Newsroom, Session], Any]


def leaves(newsroom: Newsroom, session: Session) -> None:
    leave_updates(session, newsroom.signer, token=token(newsroom), now=newsroom.now)


def stops_everything(newsroom: Newsroom, session: Session) -> None:
    stop_everything(session, newsroom.signer, token=token(newsroom), now=newsroom.now)


def chooses_nothing(newsroom: Newsroom, session: Session) -> None:
    set_preferences(session, newsroom.signer, token=token(newsroom), wanted=(), locale="en", now=newsroom.now)


def turns_it_off(newsroom: Newsroom, session: Session) -> None:
    """As the account page does it."""
    set_update_preference(session, member_id=1, wants_updates=False, source="", now=newsroom.now)
    note_preference(session, address=BOB, wants_updates=False, now=newsroom.now)


def is_suppressed(newsroom: Newsroom, session: Session) -> None:
    suppress_by_hand(session, address=BOB, reason="asked", actor="member:1", now=newsroom.now)


def deletes_the_account(newsroom: Newsroom, session: Session) -> None:
    erase_member(session, member_id=1, hide_gifts=False, now=newsroom.now)


def is_withdrawn(newsroom: Newsroom, session: Session) -> None:
    withdraw_update(session, update_id=1, actor="member:1", now=newsroom.now)


def is_cancelled(newsroom: Newsroom, session: Session) -> None:
    cancel_mailing(session, mailing_id=1, actor="member:1", now=newsroom.now)


def is_paused(newsroom: Newsroom, session: Session) -> None:
    pause_mailing(session, mailing_id=1, actor="member:1", now=newsroom.now)


OF_BOB = (leaves, stops_everything, chooses_nothing, turns_it_off, is_suppressed, deletes_the_account)
OF_ALL = (is_withdrawn, is_cancelled, is_paused)
every_act = pytest.mark.parametrize("act", [*OF_BOB, *OF_ALL])
one_of_each = pytest.mark.parametrize("act", [leaves, deletes_the_account, is_withdrawn, is_paused])
"""By which they lock; that each of the others does it too is seen where one follows the other."""


@pytest.fixture
def newsroom(newsroom: Newsroom) -> Newsroom:
    """Bob is member 1, Carol 2; update 1 is published, its mailing has the number 1."""
    newsroom.member("bob")
    newsroom.member("carol")
    assert newsroom.publish(newsroom.draft()).id == 1
    return newsroom


def token(newsroom: Newsroom) -> str:
    return unsubscribe_token(newsroom.signer, "m", 1, newsroom.campaign_id)


class Interrupted(FakeTransport):
    """Something happens while the first window is with the server."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens: Callable[[], object] | None = happens

    def send_many(self, messages: Sequence[Outgoing], *, sender: str) -> list[Answer]:
        happens, self._happens = self._happens, None
        if happens is not None:
            happens()
        return super().send_many(messages, sender=sender)


def send(newsroom: Newsroom, transport: FakeTransport) -> list[str]:
    """Until nothing is due; whom it reached."""
    worker = MailingSender(newsroom.database, transport, newsroom.sender, lambda: newsroom.now)
    while send_mailing_batch(worker, lambda: False):
        pass
    return sorted(one.recipient.partition("@")[0] for one in transport.sent)


def fill(newsroom: Newsroom, session: Session) -> bool:
    return fill_mailing(session, newsroom.queue, newsroom.signer, newsroom.addresses, mailing_id=1, now=newsroom.now)


def reached(act: Act) -> list[str]:
    return ["carol"] if act in OF_BOB else []


@sqlite_only
@every_act
def test_between_two_windows(newsroom: Newsroom, act: Act) -> None:
    for name in ("alice", "ada"):
        newsroom.member(name)
    newsroom.fill()

    def happens() -> None:
        with newsroom.database.write() as session:
            act(newsroom, session)

    def first_window() -> None:
        if act is is_withdrawn:
            with pytest.raises(Refusal, match="left already"):
                happens()
        else:
            happens()

    transport = Interrupted(first_window)
    got = send(newsroom, transport)
    first = transport.sent[0].recipient.partition("@")[0]
    wanted = {"alice", "ada", "bob", "carol"} if act not in OF_ALL or act is is_withdrawn else {first}
    if act in OF_BOB and first != "bob":
        wanted.discard("bob")
    assert set(got) == wanted
    assert send(newsroom, FakeTransport()) == []


@sqlite_only
@pytest.mark.parametrize("act", OF_BOB)
@pytest.mark.parametrize("answer", [Reply(451, "4.2.2"), TransportUnavailableError()], ids=["later", "down"])
def test_what_could_not_be_handed_over_is_not_tried_again(
    newsroom: Newsroom, act: Act, answer: Reply | TransportUnavailableError
) -> None:
    newsroom.fill()

    def happens() -> None:
        with newsroom.database.write() as session:
            act(newsroom, session)

    transport = Interrupted(happens)
    transport.answers.append(answer)
    send(newsroom, transport)
    assert newsroom.states()["bob"] == ["cancelled"]
    newsroom.later(minutes=5)
    assert send(newsroom, transport) == ["carol"]


@sqlite_only
@pytest.mark.parametrize("act", OF_BOB)
@pytest.mark.parametrize("in_flight", [True, False], ids=["while-in-flight", "later"])
def test_what_may_not_have_arrived_is_not_sent_once_more(newsroom: Newsroom, act: Act, *, in_flight: bool) -> None:
    newsroom.fill()

    def happens() -> None:
        with newsroom.database.write() as session:
            act(newsroom, session)

    transport = Interrupted(happens if in_flight else lambda: None)
    transport.answers.append(InDoubtError())
    send(newsroom, transport)
    if not in_flight:
        happens()
    assert newsroom.states() == {"bob": ["unsure"], "carol": ["sent"]}
    with newsroom.database.read() as session:
        bob = session.scalars(select(Delivery.id).where(Delivery.state == "unsure")).one()

    def judge(verdict: str) -> None:
        with newsroom.database.write() as session:
            judge_unsure(session, newsroom.queue, delivery_id=bob, verdict=verdict, actor="member:1", now=newsroom.now)

    with pytest.raises(Refusal) as refused:
        judge("again")
    assert (refused.value.status, refused.value.field) == (409, None)
    judge("sent")
    assert newsroom.states()["bob"] == ["sent"]


@postgresql_only
@one_of_each
def test_what_is_claimed_first_goes_and_whoever_comes_then_sees_it(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    newsroom.fill()
    begun = []
    with meanwhile(newsroom.database) as begin:

        def claimed(*given: Any, **more: Any) -> None:
            monkeypatch.undo()
            begun.append(begin(lambda session: act(newsroom, session)))
            note_left(*given, **more)

        monkeypatch.setattr("fund.mail.send_mailing_batch.note_left", claimed)
        transport = FakeTransport()
        got = send(newsroom, transport)
        failed = begun[0].exception(30)
    assert len(got) == 2 if act is is_withdrawn else got
    assert (failed is not None) == (act is is_withdrawn)
    assert failed is None or isinstance(failed, Refusal)


@postgresql_only
@one_of_each
def test_what_is_claimed_later_goes_to_nobody(newsroom: Newsroom, act: Act) -> None:
    newsroom.fill()
    transport = FakeTransport()
    with meanwhile(newsroom.database) as begin:
        with newsroom.database.write() as session:
            act(newsroom, session)
            session.flush()
            worker = begin(lambda _: send(newsroom, transport))
        assert worker.result(30) == reached(act)
    assert send(newsroom, transport) == reached(act)


@postgresql_only
@one_of_each
def test_who_is_being_written_down_can_still_leave(newsroom: Newsroom, act: Act) -> None:
    with meanwhile(newsroom.database) as begin:
        with newsroom.database.write() as session:
            assert fill(newsroom, session)
            session.flush()
            leaving = begin(lambda other: act(newsroom, other))
        assert leaving.exception(30) is None
    newsroom.fill()
    assert send(newsroom, FakeTransport()) == reached(act)


@postgresql_only
@one_of_each
def test_who_has_just_left_is_not_written_down(newsroom: Newsroom, act: Act) -> None:
    with meanwhile(newsroom.database) as begin:
        with newsroom.database.write() as session:
            act(newsroom, session)
            session.flush()
            filling = begin(lambda other: fill(newsroom, other))
        assert filling.exception(30) is None
    newsroom.fill()
    assert send(newsroom, FakeTransport()) == reached(act)


@sqlite_only
@pytest.mark.parametrize("act", OF_BOB)
def test_what_was_queued_is_stopped(newsroom: Newsroom, act: Act) -> None:
    newsroom.fill()
    with newsroom.database.write() as session:
        act(newsroom, session)
    assert newsroom.states()["bob"] == ["cancelled"]
    with newsroom.database.read() as session:
        assert session.scalars(select(Mailing.state)).one() == "sending"
