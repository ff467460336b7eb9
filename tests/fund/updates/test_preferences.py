import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.kit.errors import Refusal
from fund.mail.models import Suppression
from fund.mail.suppress import suppress
from fund.members.models import Member
from fund.updates.allow_again import allow_again
from fund.updates.count_recipients import count_recipients
from fund.updates.note_preference import note_preference
from fund.updates.opt_outs import Wish
from fund.updates.preferences import Preferences, find_preferences
from fund.updates.set_preferences import set_preferences
from fund.updates.stop_everything import stop_everything
from fund.updates.unsubscribing import unsubscribe_token
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.conftest import MakeCampaign
from tests.fund.updates.newsroom import Newsroom, token_in


def tokens(newsroom: Newsroom, **more: object) -> dict[str, str]:
    """Publish; the tokens of the mails, by name."""
    newsroom.publish(newsroom.draft(**more))  # type: ignore[arg-type]
    return {str(mail["To"]).partition("@")[0]: token_in(mail, "unsubscribe") for mail in newsroom.mails()}


def choose(newsroom: Newsroom, token: str, *wanted: Wish, locale: str = "en") -> None:
    with newsroom.database.write() as session:
        set_preferences(session, newsroom.signer, token=token, wanted=wanted, locale=locale, now=newsroom.now)


def press(newsroom: Newsroom, use_case: object, token: str) -> None:
    with newsroom.database.write() as session:
        use_case(session, newsroom.signer, token=token, now=newsroom.now)  # type: ignore[operator]


def look(newsroom: Newsroom, token: str) -> Preferences:
    with newsroom.database.read() as session:
        found = find_preferences(session, newsroom.signer, token=token)
    assert found is not None
    return found


def chosen(newsroom: Newsroom, token: str) -> dict[int, list[str]]:
    return {choice.campaign.id: sorted(choice.wanted) for choice in look(newsroom, token).choices}


@sqlite_only
def test_a_follower_sees_what_they_follow_and_looking_changes_nothing(
    newsroom: Newsroom, make_campaign: MakeCampaign
) -> None:
    make_campaign("host")
    newsroom.follower("charlie", locale="fr")
    token = tokens(newsroom)["charlie"]
    for _ in range(3):
        assert chosen(newsroom, token) == {newsroom.campaign_id: ["closing", "updates"]}
    assert look(newsroom, token).locale == "fr"
    assert list(tokens(newsroom)) == ["charlie"]


def test_one_kind_can_go_and_come_back(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    newsroom.follower("dave")
    token, here = tokens(newsroom)["charlie"], newsroom.campaign_id
    choose(newsroom, token, (here, "closing"))
    assert chosen(newsroom, token) == {here: ["closing"]}
    assert list(tokens(newsroom)) == ["dave"]
    choose(newsroom, token, (here, "closing"), (here, "updates"))
    assert sorted(tokens(newsroom)) == ["charlie", "dave"]
    choose(newsroom, token)
    assert chosen(newsroom, token) == {here: []}
    choose(newsroom, token, (here, "updates"), locale="fr")
    assert look(newsroom, token).locale == "fr"
    assert sorted(tokens(newsroom)) == ["charlie", "dave"]


@sqlite_only
def test_a_member_chooses_among_all_campaigns(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    other, here = make_campaign("host"), newsroom.campaign_id
    make_campaign("hidden", "draft")
    newsroom.member("bob")
    token = tokens(newsroom)["bob"]
    assert sorted(chosen(newsroom, token)) == sorted([here, other])
    choose(newsroom, token, (other, "updates"))
    assert tokens(newsroom) == {}
    assert list(tokens(newsroom, campaign_id=other)) == ["bob"]
    choose(newsroom, token)
    with newsroom.database.read() as session:
        assert session.scalars(select(Member.wants_updates)).one() is False
    choose(newsroom, token, (here, "updates"))
    assert list(tokens(newsroom)) == ["bob"]
    assert tokens(newsroom, campaign_id=other) == {}


@sqlite_only
def test_the_link_subscribes_to_nothing_that_was_not_there(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    other = make_campaign("host")
    newsroom.follower("charlie")
    token = tokens(newsroom)["charlie"]
    choose(newsroom, token, (other, "updates"), (newsroom.campaign_id, "everything"), (0, "updates"))
    assert chosen(newsroom, token) == {newsroom.campaign_id: []}
    assert tokens(newsroom, campaign_id=other) == {}


@sqlite_only
def test_who_gave_can_leave_by_one_click_and_come_back(newsroom: Newsroom) -> None:
    newsroom.donor("dora")
    newsroom.donor("dora")
    newsroom.donor("gone", state="refunded")
    found = tokens(newsroom, audience="donors")
    assert list(found) == ["dora"]
    assert newsroom.look(found["dora"]).active
    for _ in range(2):
        assert newsroom.leave(found["dora"]).active is False
    assert tokens(newsroom, audience="donors") == {}
    assert tokens(newsroom, mail_donors=True) == {}
    for _ in range(2):
        assert newsroom.rejoin(found["dora"]).active
    assert list(tokens(newsroom, mail_donors=True)) == ["dora"]


@sqlite_only
def test_who_is_member_donor_and_follower_gets_one_and_leaves_as_all_of_them(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    newsroom.follower("bob")
    newsroom.donor("bob")
    newsroom.donor("dora")
    found = tokens(newsroom, mail_donors=True)
    assert sorted(found) == ["bob", "dora"]
    newsroom.leave(found["bob"])
    assert list(tokens(newsroom, mail_donors=True)) == ["dora"]
    assert list(tokens(newsroom, audience="donors")) == ["dora"]


def test_public_news_reaches_donors_only_when_that_was_ticked(newsroom: Newsroom) -> None:
    newsroom.donor("dora")
    assert tokens(newsroom) == {}
    with newsroom.database.read() as session:
        groups = ("members", "followers", "donors")
        reach = count_recipients(session, campaign_id=newsroom.campaign_id, groups=groups)
    assert (reach.groups, reach.total) == ((("members", 0), ("followers", 0), ("donors", 1)), 1)


def test_everything_off_outlives_every_list_and_has_a_way_back(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    token = tokens(newsroom)["charlie"]
    newsroom.publish(newsroom.draft())
    newsroom.fill()
    for _ in range(2):
        press(newsroom, stop_everything, token)
    assert newsroom.recipients() == [], "what was queued is stopped"
    assert look(newsroom, token).stopped == "asked"
    newsroom.member("charlie")
    assert tokens(newsroom) == {}
    for _ in range(2):
        press(newsroom, allow_again, token)
    assert (look(newsroom, token).stopped, list(tokens(newsroom))) == ("", ["charlie"])


@sqlite_only
def test_asking_anew_and_confirming_is_a_way_back_as_well(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    token = tokens(newsroom)["charlie"]
    press(newsroom, stop_everything, token)
    newsroom.leave(token)
    newsroom.later(hours=1)
    newsroom.ask("charlie@example.org")
    (mail,) = newsroom.mails()
    newsroom.confirm(token_in(mail, "follow"))
    assert list(tokens(newsroom)) == ["charlie"]


@sqlite_only
def test_what_bounced_is_not_lifted_by_the_link(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    token = tokens(newsroom)["charlie"]
    with newsroom.database.write() as session:
        suppress(session, address="charlie@example.org", reason="complained", source="a report", now=newsroom.now)
    press(newsroom, stop_everything, token)
    press(newsroom, allow_again, token)
    assert look(newsroom, token).stopped == "complained"
    with newsroom.database.read() as session:
        assert session.scalars(select(Suppression.reason)).one() == "complained"


@sqlite_only
def test_the_account_page_speaks_for_the_donor_too(newsroom: Newsroom) -> None:
    newsroom.donor("bob")
    for wants, reached in ((False, []), (True, ["bob"])):
        with newsroom.database.write() as session:
            note_preference(session, address="bob@example.org", wants_updates=wants, now=newsroom.now)
        assert list(tokens(newsroom, audience="donors")) == reached


@sqlite_only
def test_tokens_that_are_forged_or_of_nobody(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    token = tokens(newsroom)["charlie"]
    for wrong in ("", "x", token[:-1], token + "x", newsroom.signer.sign("follow", ["f", 1, 1])):
        with pytest.raises(Refusal) as refused:
            choose(newsroom, wrong)
        assert refused.value.status == 404
    for kind, row in (("f", 999), ("m", 999), ("d", "nobody")):
        gone = unsubscribe_token(newsroom.signer, kind, row, newsroom.campaign_id)
        with pytest.raises(Refusal) as refused:
            choose(newsroom, gone)
        assert refused.value.status == 410
    with pytest.raises(Refusal) as refused:
        choose(newsroom, token, locale="de")
    assert refused.value.field == "locale"


@sqlite_only
def test_it_is_on_record_without_a_name(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    token = tokens(newsroom)["charlie"]
    for _ in range(2):
        choose(newsroom, token, (newsroom.campaign_id, "closing"))
    with newsroom.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "set_preferences")).one()
    assert entry.after == {"wanted": ["four-labels:closing"], "locale": "en"}
    assert "charlie" not in str(entry.before) + str(entry.after)
