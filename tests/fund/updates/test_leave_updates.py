import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.db.session import Database
from fund.kit.errors import Refusal
from fund.members.models import Member
from fund.updates.models import Follower
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.conftest import MakeCampaign
from tests.fund.updates.newsroom import Newsroom, token_in


def publish_and_read(newsroom: Newsroom, *, campaign_id: int | None = None) -> dict[str, str]:
    """Publish an update; the unsubscribe tokens that went out, by name."""
    newsroom.publish(newsroom.draft(campaign_id=campaign_id))
    return {str(mail["To"]).partition("@")[0]: token_in(mail, "unsubscribe") for mail in newsroom.mails()}


def test_who_left_gets_no_more_and_the_others_do(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    newsroom.follower("dave")
    newsroom.member("bob")
    tokens = publish_and_read(newsroom)
    assert newsroom.leave(tokens["charlie"]).active is False
    assert newsroom.leave(tokens["bob"]).active is False
    assert list(publish_and_read(newsroom)) == ["dave"]


def test_looking_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.follower("charlie", locale="fr")
    token = publish_and_read(newsroom)["charlie"]
    for _ in range(3):
        seen = newsroom.look(token)
        assert (seen.active, seen.locale, seen.campaign_id) == (True, "fr", newsroom.campaign_id)
    assert list(publish_and_read(newsroom)) == ["charlie"]


def test_leaving_again_is_harmless_and_recorded_once(newsroom: Newsroom, database: Database) -> None:
    newsroom.follower("charlie")
    token = publish_and_read(newsroom)["charlie"]
    for _ in range(3):
        assert newsroom.leave(token).active is False
    with database.read() as session:
        entries = list(session.scalars(select(AuditEntry).where(AuditEntry.action == "leave_updates")))
        left = session.scalars(select(Follower)).one()
    assert len(entries) == 1
    assert "charlie" not in str(entries[0].before)
    assert (left.state, left.left_at) == ("left", newsroom.now)


def test_one_link_ends_it_for_who_is_both_member_and_follower(newsroom: Newsroom) -> None:
    newsroom.follower("bob")
    newsroom.member("bob")
    tokens = publish_and_read(newsroom)
    newsroom.leave(tokens["bob"])
    assert publish_and_read(newsroom) == {}


def test_what_is_queued_and_not_sent_is_stopped(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    newsroom.follower("dave")
    token = publish_and_read(newsroom)["charlie"]
    newsroom.publish(newsroom.draft())
    newsroom.fill()
    newsroom.leave(token)
    assert newsroom.recipients() == ["dave"]
    assert newsroom.states()["charlie"] == ["sent", "sent", "cancelled"]


def test_another_campaign_that_is_followed_goes_on(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    other = make_campaign("host")
    newsroom.follower("charlie")
    newsroom.follower("charlie", campaign_id=other)
    tokens = publish_and_read(newsroom)
    newsroom.publish(newsroom.draft(campaign_id=other))
    newsroom.leave(tokens["charlie"])
    assert newsroom.recipients() == ["charlie"], "the other campaign's update was already waiting"
    assert list(publish_and_read(newsroom, campaign_id=other)) == ["charlie"]
    assert publish_and_read(newsroom) == {}


def test_a_mistake_can_be_undone_with_the_same_link(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    newsroom.follower("charlie")
    tokens = publish_and_read(newsroom)
    for name in ("bob", "charlie"):
        newsroom.leave(tokens[name])
        assert newsroom.rejoin(tokens[name]).active
        assert newsroom.rejoin(tokens[name]).active
    with newsroom.database.read() as session:
        noted = session.scalars(select(AuditEntry.after).where(AuditEntry.action == "rejoin_updates")).all()
    assert noted == [{"followers": [], "member": 1}, {"followers": [1], "member": None}], "once each"
    assert sorted(publish_and_read(newsroom)) == ["bob", "charlie"]


def test_a_followers_link_does_not_turn_on_what_a_member_turned_off(newsroom: Newsroom, database: Database) -> None:
    newsroom.follower("bob")
    token = publish_and_read(newsroom)["bob"]
    newsroom.member("bob", wants_updates=False)
    newsroom.leave(token)
    newsroom.rejoin(token)
    with database.read() as session:
        assert session.scalars(select(Member.wants_updates)).one() is False
        assert session.scalars(select(Follower.state)).one() == "confirmed"


def test_rejoining_confirms_nobody_who_never_confirmed(newsroom: Newsroom, database: Database) -> None:
    newsroom.member("bob")
    token = publish_and_read(newsroom)["bob"]
    newsroom.ask("bob@example.org")
    newsroom.leave(token)
    newsroom.rejoin(token)
    with database.read() as session:
        assert session.scalars(select(Follower.state)).one() == "pending"


def test_the_link_of_somebody_no_longer_on_record_is_harmless(newsroom: Newsroom, database: Database) -> None:
    newsroom.follower("charlie")
    token = publish_and_read(newsroom)["charlie"]
    with database.write() as session:
        session.delete(session.scalars(select(Follower)).one())
    assert newsroom.look(token).active is False
    assert newsroom.leave(token).active is False
    assert newsroom.rejoin(token).active is False


@sqlite_only
@pytest.mark.parametrize("token", ["", "x", "WyJmIiwxLDFd.forged", "WyJmIiwxLDFd"])
def test_a_forged_link_is_nothing(newsroom: Newsroom, token: str) -> None:
    for act in (newsroom.look, newsroom.leave, newsroom.rejoin):
        with pytest.raises(Refusal) as refused:
            act(token)
        assert refused.value.status == 404


@sqlite_only
def test_the_link_says_nothing_of_the_person(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    token = publish_and_read(newsroom)["charlie"]
    assert newsroom.signer.read("unsubscribe", token) == ["f", 1, newsroom.campaign_id]


@sqlite_only
def test_a_token_of_the_right_purpose_and_wrong_shape_is_nothing(newsroom: Newsroom) -> None:
    for shape in (["x", 1, 1], ["f", "1", 1], ["f", 1], "f", {"f": 1}, None):
        with pytest.raises(Refusal):
            newsroom.leave(newsroom.signer.sign("unsubscribe", shape))
