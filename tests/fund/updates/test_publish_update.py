import threading

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.db.session import Database
from fund.kit.errors import Refusal
from fund.updates.count_recipients import count_recipients
from fund.updates.edit_update import edit_update
from fund.updates.models import Update
from fund.updates.rules import Words, groups_of
from tests.fund.updates.conftest import MakeCampaign
from tests.fund.updates.newsroom import BOTH, Newsroom, text_of


def test_everyone_entitled_gets_one(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    newsroom.member("bob")
    newsroom.member("carol", wants_updates=False)
    newsroom.follower("charlie")
    newsroom.follower("bob")
    newsroom.follower("elsewhere", campaign_id=make_campaign("host"))
    newsroom.ask("pending@example.org")
    newsroom.mails()
    newsroom.publish(newsroom.draft())
    assert newsroom.recipients() == ["bob", "charlie"]
    assert newsroom.recipients() == []


def test_members_only_reaches_members_alone(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    newsroom.follower("charlie")
    newsroom.publish(newsroom.draft(audience="members"))
    (mail,) = newsroom.mails()
    assert mail["To"] == "bob@example.org"
    assert "For members only" in text_of(mail)


def test_what_the_desk_foretells_is_what_is_sent(newsroom: Newsroom) -> None:
    for name in ("bob", "carol"):
        newsroom.member(name)
    for name in ("bob", "charlie", "dave"):
        newsroom.follower(name)
    with newsroom.database.read() as session:
        foretold = {
            audience: count_recipients(
                session, campaign_id=newsroom.campaign_id, groups=groups_of(audience, mail_donors=False)
            ).total
            for audience in ("public", "members")
        }
    assert foretold == {"public": 4, "members": 2}
    newsroom.publish(newsroom.draft())
    assert len(newsroom.mails()) == 4
    newsroom.publish(newsroom.draft(audience="members"))
    assert len(newsroom.mails()) == 2


def test_whoever_is_several_counts_once(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    newsroom.member("carol", wants_updates=False)
    for name in ("bob", "carol", "charlie"):
        newsroom.follower(name)
    for name in ("bob", "carol", "charlie", "dave", "dave"):
        newsroom.donor(name)
    groups = groups_of("public", mail_donors=True)
    with newsroom.database.read() as session:
        reach = count_recipients(session, campaign_id=newsroom.campaign_id, groups=groups)
    assert (reach.groups, reach.total) == ((("members", 1), ("followers", 3), ("donors", 4)), 4)
    newsroom.publish(newsroom.draft(mail_donors=True))
    assert len(newsroom.mails()) == 4


def test_each_reads_their_language_or_the_one_there_is(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    newsroom.member("eve", locale="fr")
    newsroom.follower("charlie", locale="fr")
    newsroom.follower("bob", locale="fr")
    newsroom.publish(newsroom.draft())
    assert {mail["To"]: mail["Subject"] for mail in newsroom.mails()} == {
        "bob@example.org": "Refused",
        "eve@example.org": "Refusée",
        "charlie@example.org": "Refusée",
    }
    newsroom.publish(newsroom.draft({"en": BOTH["en"]}))
    bodies = {str(mail["To"]): text_of(mail) for mail in newsroom.mails()}
    assert "The motion was *refused*." in bodies["eve@example.org"]
    assert "La lire sur le site" in bodies["eve@example.org"]
    assert "https://fund.example/fr/c/four-labels/updates/2" in bodies["eve@example.org"]


def test_the_mail_says_why_since_when_who_and_how_to_leave(newsroom: Newsroom) -> None:
    newsroom.member("bob", consent="list of the community, imported with consent of 3 March 2026")
    newsroom.follower("charlie")
    newsroom.later(days=2)
    newsroom.publish(newsroom.draft())
    mails = {str(mail["To"]).partition("@")[0]: mail for mail in newsroom.mails()}
    assert (
        "Why you get this: list of the community, imported with consent of 3 March 2026, 21 November 2026."
        in text_of(mails["bob"])
    )
    assert "Why you get this: you asked for it on the campaign's page, 21 November 2026." in text_of(mails["charlie"])
    for mail in mails.values():
        url = mail["List-Unsubscribe"].strip("<>")
        assert url.startswith("https://fund.example/unsubscribe/")
        assert url in text_of(mail)
        assert url.replace("/unsubscribe/", "/preferences/") in text_of(mail)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["List-Id"] == "<updates.four-labels.carrefour.example>"
        assert "1200, rue Sainte-Élisabeth" in text_of(mail)
    assert mails["bob"]["List-Unsubscribe"] != mails["charlie"]["List-Unsubscribe"]


def test_publishing_twice_is_refused_and_sends_nothing_twice(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    update_id = newsroom.draft()
    newsroom.publish(update_id)
    with pytest.raises(Refusal) as refused:
        newsroom.publish(update_id)
    assert refused.value.status == 409
    assert newsroom.recipients() == ["bob"]


def test_two_tabs_publish_once(newsroom: Newsroom) -> None:
    for number in range(20):
        newsroom.member(f"m{number}")
    update_id = newsroom.draft()
    start, refusals = threading.Barrier(2), []

    def tab() -> None:
        start.wait(10)
        try:
            newsroom.publish(update_id)
        except Refusal as refused:
            refusals.append(refused.status)

    tabs = [threading.Thread(target=tab) for _ in range(2)]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join(30)
    assert refusals == [409]
    assert newsroom.recipients() == sorted(f"m{number}" for number in range(20))


def test_two_updates_published_at_once_get_two_numbers(newsroom: Newsroom) -> None:
    ids = [newsroom.draft() for _ in range(4)]
    start = threading.Barrier(len(ids))

    def publish(update_id: int) -> None:
        start.wait(10)
        newsroom.publish(update_id)

    threads = [threading.Thread(target=publish, args=(one,)) for one in ids]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    with newsroom.database.read() as session:
        assert list(session.scalars(select(Update.number).order_by(Update.number))) == [1, 2, 3, 4]


def test_each_campaign_counts_for_itself(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    other = make_campaign("host")
    assert newsroom.publish(newsroom.draft()).number == 1
    assert newsroom.publish(newsroom.draft(campaign_id=other)).number == 1
    assert newsroom.publish(newsroom.draft()).number == 2


def test_an_update_of_a_campaign_nobody_can_read_waits(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    update_id = newsroom.draft(campaign_id=make_campaign("hidden", "draft"))
    with pytest.raises(Refusal) as refused:
        newsroom.publish(update_id)
    assert refused.value.status == 409


def test_what_changed_since_it_was_looked_at_is_not_published(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    update_id = newsroom.draft()
    looked_at = newsroom.now
    newsroom.later(minutes=1)
    with newsroom.database.write() as session:
        edit_update(
            session,
            update_id=update_id,
            words={"en": Words("Granted", "Everything.")},
            audience="public",
            actor="member:2",
            now=newsroom.now,
        )
    with pytest.raises(Refusal) as refused:
        newsroom.publish(update_id, seen=looked_at)
    assert refused.value.status == 409
    newsroom.publish(update_id, seen=newsroom.now)
    assert [mail["Subject"] for mail in newsroom.mails()] == ["Granted"]


def test_it_is_on_record_without_a_name(newsroom: Newsroom, database: Database) -> None:
    newsroom.member("bob")
    published = newsroom.publish(newsroom.draft())
    assert published.published_at == newsroom.now
    with database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "publish_update")).one()
    assert entry.subject == f"update:{published.id}"
    assert entry.after == {"state": "published", "number": 1, "audience": "public", "mailing": 1}
    assert entry.actor == "member:1"


def test_more_people_than_one_slice(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fund.updates.fill_mailing.SLICE", 3)
    for number in range(7):
        newsroom.member(f"m{number}")
    newsroom.publish(newsroom.draft())
    assert newsroom.recipients() == [f"m{number}" for number in range(7)]


def test_an_update_without_readers_is_still_published(newsroom: Newsroom) -> None:
    assert newsroom.publish(newsroom.draft()).number == 1
    assert newsroom.mails() == []


def test_mail_for_the_published_goes_out_even_if_the_server_was_down(newsroom: Newsroom) -> None:
    newsroom.member("bob")
    newsroom.publish(newsroom.draft())
    newsroom.later(days=3)
    assert newsroom.recipients() == ["bob"]
