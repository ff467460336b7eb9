"""What an address asked for, on its preference page and by following."""

from datetime import datetime

from sqlalchemy import select

from fund.updates.allow_again import allow_again
from fund.updates.models import OptIn
from fund.updates.note_preference import note_preference
from fund.updates.stop_everything import stop_everything
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.conftest import MakeCampaign
from tests.fund.updates.docket import announced, draft, publish, wish
from tests.fund.updates.newsroom import Newsroom, text_of, token_in
from tests.fund.updates.test_preferences import choose, chosen, press, tokens

pytestmark = sqlite_only


def asked(newsroom: Newsroom) -> list[tuple[int, str, datetime]]:
    with newsroom.database.read() as session:
        rows = session.execute(select(OptIn.campaign_id, OptIn.source, OptIn.since).order_by(OptIn.campaign_id))
        return [(at, source, since) for at, source, since in rows]


def test_the_form_asks_by_mail_first_and_the_mail_says_for_what(newsroom: Newsroom) -> None:
    newsroom.ask("charlie@example.org", events=True)
    (mail,) = newsroom.mails()
    assert "each event of its case" in text_of(mail)
    assert asked(newsroom) == []
    for _ in range(2):
        newsroom.confirm(token_in(mail, "follow"))
    assert asked(newsroom) == [(newsroom.campaign_id, "you asked for it on the campaign's page", newsroom.now)]
    assert list(announced(newsroom)) == ["charlie"]


def test_without_the_box_nothing_is_said_of_events_and_none_come(newsroom: Newsroom) -> None:
    newsroom.ask("charlie@example.org")
    (mail,) = newsroom.mails()
    assert "event" not in text_of(mail)
    newsroom.confirm(token_in(mail, "follow"))
    assert announced(newsroom) == {}


def test_a_follower_can_ask_for_events_later_and_is_told_when_both_come(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    newsroom.later(hours=1)
    newsroom.ask("charlie@example.org", events=True)
    (mail,) = newsroom.mails()
    newsroom.confirm(token_in(mail, "follow"))
    newsroom.later(hours=1)
    newsroom.ask("charlie@example.org", events=True)
    (again,) = newsroom.mails()
    assert "already" in again["Subject"]
    assert list(announced(newsroom)) == ["charlie"]


def test_who_turned_updates_off_on_the_page_is_asked_again_not_told_that_they_come(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    token = tokens(newsroom)["charlie"]
    choose(newsroom, token, (newsroom.campaign_id, "closing"))
    newsroom.later(hours=1)
    newsroom.ask("charlie@example.org")
    (mail,) = newsroom.mails()
    newsroom.confirm(token_in(mail, "follow"))
    assert list(tokens(newsroom)) == ["charlie"]


def test_the_preference_page_turns_events_on_and_off_for_each_campaign(
    newsroom: Newsroom, make_campaign: MakeCampaign
) -> None:
    here, other = newsroom.campaign_id, make_campaign("host")
    newsroom.member("bob")
    token = tokens(newsroom)["bob"]
    choose(newsroom, token, (here, "updates"), (here, "timeline"), (other, "updates"))
    first = asked(newsroom)
    assert [at for at, _, _ in first] == [here]
    assert list(announced(newsroom)) == ["bob"]
    newsroom.later(days=1)
    choose(newsroom, token, (here, "updates"), (here, "timeline"), (other, "timeline"))
    assert asked(newsroom)[0] == first[0], "an older wish keeps its day"
    assert chosen(newsroom, token) == {other: ["timeline"], here: ["timeline", "updates"]}
    choose(newsroom, token, (here, "updates"))
    assert asked(newsroom) == []
    assert announced(newsroom) == {}


def test_events_alone_can_be_wanted_and_news_turned_off(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    token = tokens(newsroom)["charlie"]
    choose(newsroom, token, (newsroom.campaign_id, "timeline"))
    assert tokens(newsroom) == {}
    assert list(announced(newsroom)) == ["charlie"]


def test_unticking_stops_what_is_queued_of_the_events_alone(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", events=True)
    token = tokens(newsroom)["charlie"]
    publish(newsroom, draft(newsroom))
    newsroom.publish(newsroom.draft())
    newsroom.fill()
    choose(newsroom, token, (newsroom.campaign_id, "updates"), (newsroom.campaign_id, "closing"))
    (mail,) = newsroom.mails()
    assert mail["Subject"] == "Refused"


def test_a_campaign_that_the_page_does_not_list_cannot_be_asked_for(
    newsroom: Newsroom, make_campaign: MakeCampaign
) -> None:
    other = make_campaign("host")
    newsroom.follower("charlie")
    token = tokens(newsroom)["charlie"]
    choose(newsroom, token, (other, "timeline"), (0, "timeline"), (newsroom.campaign_id, "updates"))
    assert asked(newsroom) == []


def test_the_account_page_ends_events_but_of_a_campaign_that_is_followed_and_does_not_bring_them_back(
    newsroom: Newsroom, make_campaign: MakeCampaign
) -> None:
    here, followed = newsroom.campaign_id, make_campaign("host")
    newsroom.member("bob")
    newsroom.donor("bob")
    newsroom.follower("bob", campaign_id=followed)
    for campaign_id in (here, followed):
        wish(newsroom, "bob", campaign_id=campaign_id)
    for wants in (False, True):
        with newsroom.database.write() as session:
            note_preference(session, address="bob@example.org", wants_updates=wants, now=newsroom.now)
        assert [at for at, _, _ in asked(newsroom)] == [followed]
        assert announced(newsroom) == {}


def test_everything_off_stops_events_as_well_and_brings_them_back(newsroom: Newsroom) -> None:
    newsroom.donor("dora")
    wish(newsroom, "dora")
    token = token_in(announced(newsroom)["dora"], "unsubscribe")
    press(newsroom, stop_everything, token)
    assert announced(newsroom) == {}
    press(newsroom, allow_again, token)
    assert list(announced(newsroom)) == ["dora"]
