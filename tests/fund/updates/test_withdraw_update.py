import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.kit.errors import Refusal
from fund.mail.models import Mailing
from fund.updates.pin_update import pin_update
from fund.updates.queries import latest_updates, published_updates
from fund.updates.rules import Words
from fund.updates.withdraw_update import can_withdraw, withdraw_update
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.newsroom import Newsroom


def numbers(newsroom: Newsroom, **more: int) -> list[int | None]:
    with newsroom.database.read() as session:
        return [one.number for one in published_updates(session, newsroom.campaign_id, **more).updates]


@sqlite_only
@pytest.mark.parametrize("filled", [False, True])
def test_before_a_mail_has_left_nobody_gets_it_and_its_number_stays_taken(newsroom: Newsroom, filled: bool) -> None:
    newsroom.member("bob")
    update_id = newsroom.draft()
    newsroom.publish(update_id)
    if filled:
        newsroom.fill()
    with newsroom.database.read() as session:
        assert can_withdraw(session, newsroom.update(update_id))
    for _ in range(2):
        newsroom.do(withdraw_update, update_id=update_id)
    assert newsroom.mails() == []
    assert numbers(newsroom) == []
    with newsroom.database.read() as session:
        assert session.scalars(select(Mailing.state)).one() == "cancelled"
        assert (
            session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "withdraw_update")).one() == "member:1"
        )
        assert latest_updates(session) == []
    assert newsroom.publish(newsroom.draft()).number == 2


@sqlite_only
def test_what_has_left_stays(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    update_id = newsroom.draft()
    newsroom.publish(update_id)
    assert newsroom.recipients() == ["bob"]
    with newsroom.database.read() as session:
        assert not can_withdraw(session, newsroom.update(update_id))
    with pytest.raises(Refusal) as refused:
        newsroom.do(withdraw_update, update_id=update_id)
    assert refused.value.status == 409
    assert numbers(newsroom) == [1]


@sqlite_only
def test_a_mailing_to_nobody_is_over_and_the_update_can_still_go(newsroom: Newsroom) -> None:
    update_id = newsroom.draft()
    newsroom.publish(update_id)
    newsroom.mails()
    newsroom.do(withdraw_update, update_id=update_id)
    assert newsroom.update(update_id).state == "withdrawn"


@sqlite_only
def test_drafts_and_what_was_corrected_are_not_withdrawn(newsroom: Newsroom) -> None:
    draft, corrected = newsroom.draft(), newsroom.draft()
    newsroom.publish(corrected)
    newsroom.correct(corrected, {"en": Words("Refused", "Twice.")})
    for update_id in (draft, corrected):
        with pytest.raises(Refusal) as refused:
            newsroom.do(withdraw_update, update_id=update_id)
        assert refused.value.status == 409


def test_one_stands_on_top_and_is_on_no_page_twice(newsroom: Newsroom) -> None:
    ids = [newsroom.draft() for _ in range(7)]
    for update_id in ids:
        newsroom.publish(update_id)
    newsroom.do(pin_update, update_id=ids[4], pinned=True)
    newsroom.do(pin_update, update_id=ids[1], pinned=True)
    assert numbers(newsroom, limit=3) == [2, 7, 6]
    with newsroom.database.read() as session:
        before = published_updates(session, newsroom.campaign_id, limit=3).before
    assert before == 6
    assert numbers(newsroom, limit=9, before=6) == [5, 4, 3, 2, 1]
    newsroom.do(pin_update, update_id=ids[1], pinned=False)
    assert numbers(newsroom, limit=3) == [7, 6, 5]
    newsroom.do(pin_update, update_id=ids[6], pinned=True)
    with pytest.raises(Refusal):
        newsroom.do(pin_update, update_id=newsroom.draft(), pinned=True)
