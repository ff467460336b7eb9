from email.message import EmailMessage

from sqlalchemy import select

from fund.audit.models import AuditEntry
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.docket import announced, draft, publish, wish
from tests.fund.updates.newsroom import Newsroom, token_in


def token_of(mail: EmailMessage) -> str:
    return token_in(mail, "unsubscribe")


def news(newsroom: Newsroom) -> dict[str, EmailMessage]:
    """Publish an update; its mails, by name."""
    newsroom.publish(newsroom.draft())
    return {str(mail["To"]).partition("@")[0]: mail for mail in newsroom.mails()}


def test_one_click_leaves_the_events_and_nothing_else_and_comes_back(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", events=True)
    token = token_of(announced(newsroom)["charlie"])
    for _ in range(2):
        left = newsroom.leave(token)
        assert (left.active, left.news, left.reached, left.topic) == (False, True, True, "timeline")
    assert announced(newsroom) == {}
    assert list(news(newsroom)) == ["charlie"]
    for _ in range(2):
        assert newsroom.rejoin(token).active
    assert list(announced(newsroom)) == ["charlie"]
    with newsroom.database.read() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.actor == "link")).all()
    assert actions == ["leave_events", "rejoin_events"]


@sqlite_only
def test_looking_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", events=True)
    token = token_of(announced(newsroom)["charlie"])
    for _ in range(3):
        assert newsroom.look(token).active
    assert list(announced(newsroom)) == ["charlie"]


def test_what_is_queued_of_the_events_is_stopped_and_news_is_not(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", events=True)
    token = token_of(announced(newsroom)["charlie"])
    newsroom.later(minutes=1)
    publish(newsroom, draft(newsroom))
    newsroom.publish(newsroom.draft())
    newsroom.fill()
    newsroom.leave(token)
    (mail,) = newsroom.mails()
    assert mail["Subject"] == "Refused"


@sqlite_only
def test_leaving_by_an_updates_link_leaves_both_and_the_way_back_brings_both(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", events=True)
    newsroom.member("bob")
    wish(newsroom, "bob")
    found = news(newsroom)
    for name in ("bob", "charlie"):
        newsroom.leave(token_of(found[name]))
    assert announced(newsroom) == news(newsroom) == {}
    for name in ("bob", "charlie"):
        newsroom.rejoin(token_of(found[name]))
    assert list(announced(newsroom)) == list(news(newsroom)) == ["bob", "charlie"]


@sqlite_only
def test_following_anew_after_leaving_brings_events_only_to_who_asks_for_them(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", events=True)
    newsroom.leave(token_of(news(newsroom)["charlie"]))
    for events in (False, True):
        newsroom.later(hours=1)
        newsroom.ask("charlie@example.org", events=events)
        (mail,) = newsroom.mails()
        newsroom.confirm(token_in(mail, "follow"))
        assert list(news(newsroom)) == ["charlie"]
        assert list(announced(newsroom)) == (["charlie"] if events else [])


@sqlite_only
def test_an_old_link_of_an_event_brings_nobody_back_who_left_it_all(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", events=True)
    event = token_of(announced(newsroom)["charlie"])
    newsroom.leave(token_of(news(newsroom)["charlie"]))
    assert newsroom.look(event).reached is False
    assert newsroom.rejoin(event).active is False
    assert announced(newsroom) == news(newsroom) == {}
