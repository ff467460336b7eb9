from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.kit.errors import Refusal
from fund.updates.delete_draft import delete_draft
from fund.updates.schedule_update import schedule_update
from fund.updates.unschedule_update import unschedule_update
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.conftest import MakeCampaign
from tests.fund.updates.newsroom import Newsroom


def schedule(newsroom: Newsroom, update_id: int, *, hours: float = 2, **more: object) -> None:
    moment = newsroom.now + timedelta(hours=hours)
    newsroom.do(schedule_update, update_id=update_id, publish_at=moment, zone="America/Toronto", **more)


def test_it_publishes_itself_once_its_moment_has_come(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    update_id = newsroom.draft()
    schedule(newsroom, update_id)
    newsroom.later(hours=1, minutes=59)
    assert newsroom.due() == []
    newsroom.later(minutes=1)
    assert newsroom.due() == [1]
    assert newsroom.due() == []
    assert newsroom.recipients() == ["bob"]
    update = newsroom.update(update_id)
    assert (update.state, update.published_at) == ("published", newsroom.now)
    with newsroom.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "publish_update")).one()
    assert (entry.actor, entry.before) == ("schedule", {"state": "scheduled"})


@sqlite_only
def test_its_words_are_closed_until_it_is_a_draft_again(newsroom: Newsroom) -> None:
    update_id = newsroom.draft()
    schedule(newsroom, update_id)
    with pytest.raises(Refusal) as refused:
        newsroom.do(delete_draft, update_id=update_id)
    assert (refused.value.status, "scheduled" in str(refused.value)) == (409, True)
    for _ in range(2):
        newsroom.do(unschedule_update, update_id=update_id)
    with newsroom.database.read() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "unschedule_update")).one()
        assert (noted.before["state"], noted.actor) == ("scheduled", "member:1")
    newsroom.later(days=1)
    assert newsroom.due() == []
    assert newsroom.update(update_id).publish_at is None
    newsroom.do(delete_draft, update_id=update_id)


@sqlite_only
def test_it_may_be_published_before_its_time_and_then_is_not_again(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    update_id = newsroom.draft()
    schedule(newsroom, update_id)
    newsroom.publish(update_id)
    newsroom.later(days=1)
    assert newsroom.due() == []
    assert newsroom.recipients() == ["bob"]
    with pytest.raises(Refusal):
        newsroom.do(unschedule_update, update_id=update_id)


@sqlite_only
def test_what_counsel_has_not_cleared_waits_and_keeps_nothing_else_back(newsroom: Newsroom) -> None:
    waits, goes = newsroom.draft(needs_counsel=True), newsroom.draft()
    schedule(newsroom, waits, hours=1)
    schedule(newsroom, goes)
    newsroom.later(hours=3)
    assert newsroom.due() == [1]
    assert [newsroom.update(one).state for one in (waits, goes)] == ["scheduled", "published"]


@sqlite_only
@pytest.mark.parametrize("hours", [0, -1, 24 * 800])
def test_a_moment_that_cannot_be_meant_is_refused(newsroom: Newsroom, hours: float) -> None:
    with pytest.raises(Refusal) as refused:
        schedule(newsroom, newsroom.draft(), hours=hours)
    assert (refused.value.status, refused.value.field) == (422, "publish_at")


@sqlite_only
def test_a_second_tab_is_told(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    update_id, seen = newsroom.draft(), newsroom.now - timedelta(seconds=1)
    for more in (
        {"update_id": update_id, "seen": seen},
        {"update_id": newsroom.draft(campaign_id=make_campaign("hidden", "draft"))},
    ):
        with pytest.raises(Refusal) as refused:
            schedule(newsroom, **more)
        assert refused.value.status == 409
    schedule(newsroom, update_id)
    with pytest.raises(Refusal) as refused:
        schedule(newsroom, update_id)
    assert refused.value.status == 409
