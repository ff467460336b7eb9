from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Counsel
from fund.kit.errors import Refusal
from fund.mail.models import Mailing
from fund.updates.drop_correction import drop_correction
from fund.updates.models import Correction, Review
from fund.updates.prepare_correction import prepare_correction
from fund.updates.queries import corrections, prepared_correction
from fund.updates.reviews import text_digest
from fund.updates.rules import Words
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.newsroom import BOTH, Newsroom, text_of

BETTER = {"en": Words("Granted", "The motion was *granted*."), "fr": BOTH["fr"]}


def prepare(newsroom: Newsroom, update_id: int, words: dict[str, Words] = BETTER, **more: object) -> Correction:
    values = {"reason": {"en": "It was granted.", "fr": ""}, **more}
    correction: Correction = newsroom.do(prepare_correction, update_id=update_id, words=words, **values)
    return correction


@pytest.fixture
def published(newsroom: Newsroom) -> int:
    newsroom.member("bob")
    update_id = newsroom.draft()
    newsroom.publish(update_id)
    newsroom.mails()
    newsroom.later(hours=1)
    return update_id


@sqlite_only
def test_the_words_change_and_those_before_stay(newsroom: Newsroom, published: int) -> None:
    newsroom.correct(published, BETTER)
    newsroom.later(hours=1)
    newsroom.correct(published, {"en": Words("Granted in part", "In part.")}, reason="Only in part.")
    update = newsroom.update(published)
    assert (update.number, update.corrected_at, update.said("fr").title) == (1, newsroom.now, "Granted in part")
    with newsroom.database.read() as session:
        made = corrections(session, published)
    assert [(one.number, one.reason["en"]) for one in made] == [(2, "Only in part."), (1, "A slip.")]
    assert made[0].before == {at: {"title": one.title, "body": one.body} for at, one in BETTER.items()}
    assert made[1].before == {at: {"title": one.title, "body": one.body} for at, one in BOTH.items()}
    assert newsroom.mails() == [], "nobody is written to unless that was ticked"


@sqlite_only
def test_everybody_is_told_once_when_that_was_ticked(newsroom: Newsroom, published: int) -> None:
    prepared = prepare(newsroom, published)
    newsroom.make_correction(published, seen=prepared.edited_at, tell=True)
    with pytest.raises(Refusal) as refused:
        newsroom.make_correction(published, seen=prepared.edited_at, tell=True)
    assert refused.value.status == 409
    (mail,) = newsroom.mails()
    assert mail["Subject"] == "Corrected: Granted"
    assert "It was granted." in text_of(mail)
    assert "/c/four-labels/updates/1" in text_of(mail)
    with newsroom.database.read() as session:
        keys = list(session.scalars(select(Mailing.key).order_by(Mailing.id)))
    assert keys == [f"update:{published}", f"correction:{prepared.id}"]


@sqlite_only
def test_nobody_sees_what_is_only_prepared(newsroom: Newsroom, published: int) -> None:
    prepare(newsroom, published)
    assert newsroom.update(published).said("en").title == "Refused"
    with newsroom.database.read() as session:
        assert corrections(session, published) == []
    for _ in range(2):
        newsroom.do(drop_correction, update_id=published)
    with newsroom.database.read() as session:
        assert prepared_correction(session, published) is None


def test_of_two_who_correct_at_once_the_second_is_told(newsroom: Newsroom, published: int) -> None:
    first = prepare(newsroom, published)
    newsroom.later(seconds=5)
    with pytest.raises(Refusal) as refused:
        prepare(newsroom, published, {"en": Words("Other", "Other.")})
    assert refused.value.status == 409
    again = prepare(newsroom, published, {"en": Words("Other", "Other.")}, seen=first.edited_at)
    with pytest.raises(Refusal) as refused:
        newsroom.make_correction(published, seen=first.edited_at)
    assert refused.value.status == 409
    newsroom.make_correction(published, seen=again.edited_at)
    assert newsroom.update(published).said("en").title == "Other"


@sqlite_only
def test_corrected_words_need_clearing_again(newsroom: Newsroom) -> None:
    update_id = newsroom.draft(needs_counsel=True)
    clear(newsroom, update_id)
    newsroom.publish(update_id)
    newsroom.later(hours=1)
    prepared = prepare(newsroom, update_id)
    with pytest.raises(Refusal) as refused:
        newsroom.make_correction(update_id, seen=prepared.edited_at)
    assert (refused.value.status, "cleared" in str(refused.value)) == (409, True)
    clear(newsroom, update_id)
    newsroom.make_correction(update_id, seen=prepared.edited_at)
    assert newsroom.update(update_id).said("en").title == "Granted"


def clear(newsroom: Newsroom, update_id: int) -> None:
    """Counsel says yes to what would become public now."""
    with newsroom.database.write() as session:
        digest = text_digest(session, newsroom.update(update_id)) or ""
        counsel_id = session.scalar(select(Counsel.id)) or _add_counsel(newsroom, session)
        moment = newsroom.now - timedelta(minutes=1)
        session.add(
            Review(
                update_id=update_id,
                counsel_id=counsel_id,
                digest=digest,
                state="cleared",
                asked_at=moment,
                asked_by="member:1",
                answered_at=moment,
            )
        )


def _add_counsel(newsroom: Newsroom, session: Session) -> int:
    counsel = Counsel(
        campaign_id=newsroom.campaign_id, key="a-tremblay", name="A. Tremblay", email="a@example.org",
        from_on=newsroom.now.date(), created_at=newsroom.now,
    )  # fmt: skip
    session.add(counsel)
    session.flush()
    return counsel.id


@sqlite_only
@pytest.mark.parametrize(
    ("words", "more", "field"),
    [
        (BETTER, {"reason": {"en": " "}}, "en_reason"),
        (BETTER, {"reason": {"en": "x" * 601}}, "en_reason"),
        (BOTH, {}, "en_body"),
        ({"en": Words("x" * 10_000, "Text.")}, {}, "en_title"),
        ({"en": Words("", "")}, {}, "en_title"),
    ],
)
def test_bad_input_is_refused_beside_its_field(
    newsroom: Newsroom, published: int, words: dict[str, Words], more: dict[str, object], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        prepare(newsroom, published, words, **more)
    assert (refused.value.status, refused.value.field) == (422, field)


@sqlite_only
def test_only_what_is_published_is_corrected(newsroom: Newsroom) -> None:
    with pytest.raises(Refusal) as refused:
        prepare(newsroom, newsroom.draft())
    assert refused.value.status == 409
