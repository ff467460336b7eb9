import pytest
from sqlalchemy import select

from fund.db.session import Database
from fund.kit.errors import Refusal
from fund.updates.models import Follower
from fund.updates.queries import FollowerCounts, follower_counts
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.conftest import MakeCampaign
from tests.fund.updates.newsroom import Newsroom, text_of, token_in


def counts(newsroom: Newsroom) -> FollowerCounts:
    with newsroom.database.read() as session:
        return follower_counts(session, newsroom.campaign_id)


def test_asking_sends_one_mail_and_nothing_more_until_the_button(newsroom: Newsroom) -> None:
    newsroom.ask("charlie@example.org")
    (mail,) = newsroom.mails()
    assert mail["To"] == "charlie@example.org"
    assert mail["List-Unsubscribe"] is None
    assert counts(newsroom) == FollowerCounts(confirmed=0, pending=1)
    newsroom.publish(newsroom.draft())
    assert newsroom.recipients() == []


def test_the_button_makes_a_follower_and_pressing_again_is_harmless(newsroom: Newsroom) -> None:
    newsroom.ask("charlie@example.org", locale="fr")
    (mail,) = newsroom.mails()
    assert "https://fund.example/fr/follow/" in text_of(mail)
    token = token_in(mail, "follow")
    first = newsroom.confirm(token)
    newsroom.later(hours=1)
    again = newsroom.confirm(token)
    assert first.confirmed_at == again.confirmed_at
    assert counts(newsroom) == FollowerCounts(confirmed=1, pending=0)


def test_asking_again_writes_at_most_every_ten_minutes(newsroom: Newsroom) -> None:
    for _ in range(3):
        newsroom.ask("charlie@example.org")
    newsroom.ask(" Charlie@EXAMPLE.org ")
    assert len(newsroom.mails()) == 1
    newsroom.later(minutes=9, seconds=59)
    newsroom.ask("charlie@example.org")
    assert newsroom.mails() == []
    newsroom.later(seconds=1)
    newsroom.ask("charlie@example.org")
    (mail,) = newsroom.mails()
    newsroom.confirm(token_in(mail, "follow"))
    assert counts(newsroom) == FollowerCounts(confirmed=1, pending=0)


def test_who_follows_already_is_told_by_mail_not_by_the_page(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    newsroom.ask("charlie@example.org")
    assert newsroom.mails() == []
    newsroom.later(minutes=10)
    newsroom.ask("charlie@example.org")
    (mail,) = newsroom.mails()
    assert "already" in mail["Subject"]
    assert counts(newsroom) == FollowerCounts(confirmed=1, pending=0)
    newsroom.leave(token_in(mail, "unsubscribe"))
    assert counts(newsroom) == FollowerCounts(confirmed=0, pending=0)


@sqlite_only
@pytest.mark.parametrize(
    "address", ["", "bob", "bob@example.org\r\nBcc: eve@example.org", "b" * 10_000 + "@x.org", "é@x.org"]
)
def test_what_is_no_address_is_refused_on_its_field(newsroom: Newsroom, address: str) -> None:
    with pytest.raises(Refusal) as refused:
        newsroom.ask(address)
    assert (refused.value.status, refused.value.field) == (422, "email")
    assert newsroom.mails() == []


def test_a_campaign_nobody_can_see_cannot_be_followed(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    for campaign_id in (make_campaign("hidden", "draft"), 999):
        with pytest.raises(Refusal) as refused:
            newsroom.ask("charlie@example.org", campaign_id=campaign_id)
        assert refused.value.status == 404


@sqlite_only
def test_a_link_older_than_seven_days_has_expired(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.ask("charlie@example.org")
    (mail,) = newsroom.mails()
    from itsdangerous import TimestampSigner  # noqa: PLC0415

    real = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: real(self) + 7 * 24 * 3600 + 60)
    with pytest.raises(Refusal) as refused:
        newsroom.confirm(token_in(mail, "follow"))
    assert refused.value.status == 410


def test_a_link_that_was_used_does_not_bring_back_who_left(newsroom: Newsroom) -> None:
    newsroom.ask("charlie@example.org")
    (mail,) = newsroom.mails()
    newsroom.confirm(token_in(mail, "follow"))
    newsroom.publish(newsroom.draft())
    (update,) = newsroom.mails()
    newsroom.leave(token_in(update, "unsubscribe"))
    with pytest.raises(Refusal) as refused:
        newsroom.confirm(token_in(mail, "follow"))
    assert refused.value.status == 410
    newsroom.later(minutes=11)
    newsroom.ask("charlie@example.org")
    (fresh,) = newsroom.mails()
    newsroom.confirm(token_in(fresh, "follow"))
    assert counts(newsroom) == FollowerCounts(confirmed=1, pending=0)


@sqlite_only
@pytest.mark.parametrize("token", ["", "x", "MQ.aSBRaw.forged", "../../etc/passwd"])
def test_a_forged_link_is_nothing(newsroom: Newsroom, token: str) -> None:
    with pytest.raises(Refusal) as refused:
        newsroom.confirm(token)
    assert refused.value.status == 404


@sqlite_only
def test_a_link_of_another_purpose_is_nothing(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    newsroom.publish(newsroom.draft())
    (update,) = newsroom.mails()
    with pytest.raises(Refusal) as refused:
        newsroom.confirm(token_in(update, "unsubscribe"))
    assert refused.value.status == 404


def test_the_address_is_stored_closed(newsroom: Newsroom, database: Database) -> None:
    newsroom.ask("charlie@example.org")
    with database.read() as session:
        raw = session.connection().exec_driver_sql("SELECT * FROM follower").all()
        assert session.scalars(select(Follower.address)).one() == "charlie@example.org"
    assert "charlie" not in str(raw)
