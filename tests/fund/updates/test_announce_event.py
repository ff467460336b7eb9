from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.db.keyring import Keyring
from fund.db.types import install_keyring
from fund.kit.errors import Refusal
from fund.mail.models import Mailing
from fund.mail.suppress import suppress
from fund.updates.opt_outs import add_opt_outs
from fund.updates.rules import is_recent
from tests.fixtures.databases import TEST_KEYS, sqlite_only
from tests.fixtures.threads import at_once
from tests.fund.updates.conftest import MakeCampaign
from tests.fund.updates.docket import announced, draft, foretold, publish, wish, withdraw
from tests.fund.updates.newsroom import Newsroom, text_of, token_in


def everybody(newsroom: Newsroom, other: int) -> None:
    """Each way to belong to a campaign or not, with each wish; those whose names begin with `yes` are entitled."""
    for name in ("yes-member", "not-asking-member", "yes-all-three", "no-left-all", "no-elsewhere", "no-suppressed"):
        newsroom.member(name)
    newsroom.member("no-silent-member", wants_updates=False)
    for name in ("yes-follower", "yes-all-three", "not-asking-follower", "no-left-events", "no-follower-left"):
        newsroom.follower(name)
    newsroom.follower("no-stranger-here", campaign_id=other)
    newsroom.ask("no-unconfirmed@example.org")
    for name in ("yes-donor", "yes-donor", "yes-all-three", "not-asking-donor"):
        newsroom.donor(name)
    newsroom.donor("no-refunded", state="refunded")
    for name in (
        "yes-member", "yes-follower", "yes-donor", "yes-all-three", "no-left-all", "no-left-events", "no-suppressed",
        "no-silent-member", "no-follower-left", "no-stranger-here", "no-unconfirmed", "no-refunded", "no-nobody",
    ):  # fmt: skip
        wish(newsroom, name)
    wish(newsroom, "no-elsewhere", campaign_id=other)
    with newsroom.database.write() as session:
        add_opt_outs(session, "no-left-all@example.org", [(0, "timeline")], now=newsroom.now)
        add_opt_outs(session, "no-left-events@example.org", [(newsroom.campaign_id, "timeline")], now=newsroom.now)
        add_opt_outs(session, "yes-member@example.org", [(newsroom.campaign_id, "updates")], now=newsroom.now)
        suppress(session, address="no-suppressed@example.org", reason="asked", source="x", now=newsroom.now)
    newsroom.publish(newsroom.draft())
    for mail in newsroom.mails():
        if mail["To"] == "no-follower-left@example.org":
            newsroom.leave(token_in(mail, "unsubscribe"))


def test_only_who_asked_and_can_be_written_to_gets_it_once(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    everybody(newsroom, make_campaign("host"))
    expected = ["yes-all-three", "yes-donor", "yes-follower", "yes-member"]
    assert foretold(newsroom) == len(expected)
    publish(newsroom, draft(newsroom))
    assert newsroom.recipients() == expected


def test_the_mail_says_what_the_page_says_and_why_it_comes(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", locale="fr", events=True)
    newsroom.later(days=2)
    newsroom.follower("dave", events=True)
    mails = announced(
        newsroom,
        at=time(9, 30),
        zone="America/Toronto",
        court={"en": "Superior Court"},
        text={"en": "Both sides *argue*."},
        outcome={"en": "Refused.", "fr": "Refusée."},
    )
    english, french = text_of(mails["dave"]), text_of(mails["charlie"])
    assert mails["dave"]["Subject"] == "Hearing, 5 December 2026: Interim motion"
    assert " ".join(mails["charlie"]["Subject"].split()) == "Audience, 5 décembre 2026 : Requête interlocutoire"
    for said in ("5 December 2026, 09:30 (Eastern Standard Time)", "Superior Court", "Both sides *argue*.", "Refused."):
        assert said in english
    assert "https://fund.example/c/four-labels/timeline#e1" in english
    assert "you asked for each event of this case, 23 November 2026" in english
    assert "vous avez demandé à recevoir chaque événement de ce dossier, 21 novembre 2026" in french
    assert "Both sides *argue*." in french, "there is no French text"
    assert mails["dave"]["List-Id"] == "<timeline.four-labels.carrefour.example>"
    assert mails["dave"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_an_event_is_mailed_once_for_ever(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", events=True)
    event_id = draft(newsroom)
    assert publish(newsroom, event_id) is True
    newsroom.later(minutes=1)
    assert publish(newsroom, event_id) is False
    assert newsroom.recipients() == ["charlie"]
    withdraw(newsroom, event_id)
    newsroom.later(minutes=1)
    assert publish(newsroom, event_id) is False
    assert newsroom.recipients() == []
    with newsroom.database.read() as session:
        (mailing,) = session.scalars(select(Mailing))
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "announce_event"))
    assert (mailing.key, entry.after) == (f"event:{event_id}", {"mailing": mailing.id})


def test_two_desks_that_publish_it_at_once_mail_it_once(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", events=True)
    event_id = draft(newsroom)
    assert sorted(at_once(2, lambda _: publish(newsroom, event_id))) == [False, True]
    assert newsroom.recipients() == ["charlie"]


@sqlite_only
def test_what_is_published_without_the_box_stays_unmailed(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", events=True)
    event_id = draft(newsroom)
    publish(newsroom, event_id, mail=False)
    newsroom.later(minutes=1)
    assert publish(newsroom, event_id) is False, "it was public before: a form that was left open mails nobody"
    assert newsroom.recipients() == []


@sqlite_only
def test_where_nobody_asked_there_is_no_mailing(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    assert publish(newsroom, draft(newsroom)) is False
    with newsroom.database.read() as session:
        assert session.scalars(select(Mailing)).all() == []


@sqlite_only
def test_a_draft_of_a_hidden_campaign_mails_nobody(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    newsroom.campaign_id = make_campaign("hidden", "draft")
    newsroom.member("bob")
    wish(newsroom, "bob")
    with pytest.raises(Refusal):
        publish(newsroom, draft(newsroom))
    assert newsroom.recipients() == []


@sqlite_only
def test_what_was_asked_under_an_older_key_is_found(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    wish(newsroom, "bob")
    try:
        install_keyring(Keyring([("test2", bytes(range(32, 64))), *TEST_KEYS]))
        newsroom.follower("charlie", events=True)
        assert list(announced(newsroom)) == ["bob", "charlie"]
    finally:
        install_keyring(Keyring(TEST_KEYS))


@pytest.mark.parametrize(
    ("days", "recent"), [(-400, False), (-31, False), (-30, True), (0, True), (1, True), (300, True)]
)
def test_only_what_is_recent_or_ahead_is_worth_a_mail(days: int, recent: bool) -> None:
    now = datetime.fromisoformat("2026-11-21T23:59:00+00:00")
    assert is_recent(date(2026, 11, 21) + timedelta(days=days), now=now) is recent
