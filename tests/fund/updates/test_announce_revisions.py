from datetime import datetime
from email.message import EmailMessage

import pytest
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.campaigns.record_revision import record_revision
from fund.db.types import address_index
from fund.donations.models import Donation
from fund.kit.errors import Refusal
from fund.mail.suppress import suppress
from fund.updates.announce_revisions import announce_revisions
from fund.updates.count_recipients import count_recipients
from fund.updates.opt_outs import add_opt_outs
from tests.fund.updates.conftest import MakeCampaign
from tests.fund.updates.newsroom import Newsroom, text_of, token_in

WHY = {"en": "More plaintiffs.", "fr": "Plus de demandeurs."}
OLD = {"target": 200_000, "members_part": 150_000}
NEW = {"target": 800_000, "members_part": 750_000}


def revise(newsroom: Newsroom, *, reason: dict[str, str] = WHY) -> None:
    with newsroom.database.write() as session:
        campaign = session.get_one(Campaign, newsroom.campaign_id)
        record_revision(
            session,
            campaign,
            kind="schedule",
            reason=reason,
            before=OLD,
            after=NEW,
            schedule_version=2,
            actor="member:1",
            now=newsroom.now,
        )


def announce(newsroom: Newsroom) -> int:
    with newsroom.database.write() as session:
        return announce_revisions(
            session,
            newsroom.queue,
            newsroom.sender,
            newsroom.addresses,
            campaign_id=newsroom.campaign_id,
            now=newsroom.now,
        )


def gave(
    newsroom: Newsroom, name: str, *, locale: str = "en", state: str = "paid", campaign_id: int | None = None
) -> None:
    address, paid_at = f"{name}@example.org", datetime.fromisoformat("2026-10-03T12:00:00+00:00")
    with newsroom.database.write() as session:
        number = session.query(Donation).count()
        session.add(
            Donation(
                campaign_id=campaign_id or newsroom.campaign_id, state=state, amount=6250, currency="CAD",
                visibility="secret", email=address, email_index=address_index(address), locale=locale,
                nonce="n", form_key=f"k{number}", created_at=paid_at, expires_at=paid_at,
                paid_at=None if state == "pending" else paid_at,
            )
        )  # fmt: skip


def foretell(session: Session, newsroom: Newsroom) -> int:
    groups, told = ("donors", "members", "followers"), ("donors",)
    return count_recipients(session, campaign_id=newsroom.campaign_id, groups=groups, told=told).total


def to(mails: list[EmailMessage], name: str) -> EmailMessage:
    return next(mail for mail in mails if str(mail["To"]).startswith(f"{name}@"))


def test_what_the_desk_foretells_knows_who_left_and_who_cannot(newsroom: Newsroom) -> None:
    for name in ("bob", "carol", "erin"):
        newsroom.member(name)
    for name in ("charlie", "grace", "bob"):
        newsroom.follower(name)
    for name in ("carol", "dora", "bob", "frank"):
        gave(newsroom, name)
    newsroom.mails()
    with newsroom.database.write() as session:
        for name in ("carol", "erin", "charlie"):
            add_opt_outs(session, f"{name}@example.org", [(newsroom.campaign_id, "updates")], now=newsroom.now)
        for name in ("grace", "frank"):
            suppress(session, address=f"{name}@example.org", reason="bounced", source="", now=newsroom.now)
    with newsroom.database.read() as session:
        foretold = foretell(session, newsroom)
    revise(newsroom)
    announce(newsroom)
    told = {str(mail["To"]).partition("@")[0] for mail in newsroom.mails()}
    assert (told, foretold) == ({"bob", "carol", "dora"}, 3)


def test_donors_followers_and_members_get_one_each(newsroom: Newsroom, make_campaign: MakeCampaign) -> None:
    newsroom.member("bob")
    newsroom.member("carol", wants_updates=False)
    newsroom.follower("charlie", locale="fr")
    for name in ("dora", "dora", "bob", "charlie"):
        gave(newsroom, name)
    gave(newsroom, "pending", state="pending")
    gave(newsroom, "returned", state="refunded")
    gave(newsroom, "elsewhere", campaign_id=make_campaign("host"))
    newsroom.mails()
    with newsroom.database.read() as session:
        foretold = foretell(session, newsroom)
    revise(newsroom)
    assert (announce(newsroom), foretold) == (1, 3)
    mails = newsroom.mails()
    assert sorted(str(mail["To"]) for mail in mails) == ["bob@example.org", "charlie@example.org", "dora@example.org"]
    english, french = text_of(to(mails, "dora")), text_of(to(mails, "charlie"))
    for words in ("More plaintiffs.", "2,000.00", "8,000.00", "/c/four-labels/history#revision-1", "a gift to this"):
        assert words in english
    assert "Plus de demandeurs." in french
    assert "/fr/c/four-labels/history" in french


def test_who_asked_can_leave_and_who_gave_is_told_all_the_same(newsroom: Newsroom) -> None:
    newsroom.follower("charlie")
    gave(newsroom, "dora")
    revise(newsroom)
    announce(newsroom)
    mails = newsroom.mails()
    assert to(mails, "dora")["List-Unsubscribe"] is None
    newsroom.leave(token_in(to(mails, "charlie"), "unsubscribe"))
    gave(newsroom, "charlie")
    newsroom.later(hours=1)
    revise(newsroom)
    announce(newsroom)
    assert newsroom.recipients() == ["charlie", "dora"], "charlie left the updates, and gave"


def test_telling_again_tells_nobody_twice(newsroom: Newsroom) -> None:
    gave(newsroom, "dora")
    revise(newsroom)
    assert [announce(newsroom), announce(newsroom)] == [1, 0]
    newsroom.later(hours=1)
    newsroom.follower("charlie")
    assert announce(newsroom) == 0, "nothing was revised at that time"


@pytest.mark.parametrize("reason", [{"en": "Only English."}, {"en": "x", "fr": " \n"}, {}])
def test_a_reason_is_needed_in_every_language(newsroom: Newsroom, reason: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        revise(newsroom, reason=reason)
    assert refused.value.field == ("en_reason" if not reason else "fr_reason")
    assert announce(newsroom) == 0
