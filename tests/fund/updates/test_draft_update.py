from datetime import datetime

import pytest
from sqlalchemy import func, select

from fund.audit.models import AuditEntry
from fund.db.session import Database
from fund.kit.errors import Refusal
from fund.updates.delete_draft import delete_draft
from fund.updates.edit_update import edit_update
from fund.updates.models import Update, UpdateText
from fund.updates.rules import Words
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.newsroom import BOTH, Newsroom


def edit(newsroom: Newsroom, update_id: int, *, seen: datetime | None = None, **words: Words) -> Update:
    with newsroom.database.write() as session:
        return edit_update(
            session, update_id=update_id, words=words, audience="members", seen=seen, actor="member:2", now=newsroom.now
        )


def texts(database: Database) -> dict[str, tuple[str, str]]:
    with database.read() as session:
        return {one.locale: (one.title, one.body) for one in session.scalars(select(UpdateText))}


def refused(newsroom: Newsroom, words: dict[str, Words] = BOTH, *, audience: str = "public") -> tuple[int, str | None]:
    with pytest.raises(Refusal) as refusal:
        newsroom.draft(words, audience=audience)
    return refusal.value.status, refusal.value.field


def test_a_draft_keeps_its_words_trimmed_and_nothing_else(newsroom: Newsroom, database: Database) -> None:
    newsroom.draft({"en": Words("  The  letter\x00 came ", "\r\nFirst.\r\n\r\nSecond.\r\n"), "fr": Words(" ", "")})
    assert texts(database) == {"en": ("The letter came", "First.\n\nSecond.")}


@sqlite_only
@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"en": Words("", "")}, "en_title"),
        ({"en": Words("", "Text")}, "en_title"),
        ({"en": Words("Title", "  \n")}, "en_body"),
        ({"en": BOTH["en"], "fr": Words("Titre", "")}, "fr_body"),
        ({"en": Words("x" * 201, "Text")}, "en_title"),
        ({"fr": Words("Titre", "x" * 40_001)}, "fr_body"),
        ({"de": Words("Titel", "Text")}, "en_title"),
    ],
)
def test_words_that_are_refused_name_their_field(newsroom: Newsroom, words: dict[str, Words], field: str) -> None:
    assert refused(newsroom, words) == (422, field)


@sqlite_only
def test_an_audience_there_is_not_is_refused(newsroom: Newsroom) -> None:
    assert refused(newsroom, audience="nobody") == (422, "audience")


@sqlite_only
def test_a_campaign_there_is_not_is_refused(newsroom: Newsroom) -> None:
    newsroom.campaign_id = 999
    assert refused(newsroom) == (404, None)


def test_editing_adds_changes_and_drops_languages_and_is_on_record(newsroom: Newsroom, database: Database) -> None:
    update_id = newsroom.draft({"en": BOTH["en"]})
    edit(newsroom, update_id, en=Words("Refused again", "Twice."), fr=BOTH["fr"])
    assert texts(database)["en"] == ("Refused again", "Twice.")
    assert texts(database)["fr"] == ("Refusée", "La requête est *refusée*.")
    edit(newsroom, update_id, fr=BOTH["fr"])
    assert list(texts(database)) == ["fr"]
    with database.read() as session:
        entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert [entry.action for entry in entries] == ["draft_update", "edit_update", "edit_update"]
    assert entries[1].before == {
        "audience": "public",
        "public_from": None,
        "mail_donors": False,
        "needs_counsel": False,
        "texts": {"en": ["Refused", "The motion was *refused*."]},
    }
    assert entries[1].after["audience"] == "members"


def test_the_second_of_two_who_edit_at_once_is_told(newsroom: Newsroom, database: Database) -> None:
    update_id, seen = newsroom.draft(), newsroom.now
    newsroom.later(seconds=5)
    edit(newsroom, update_id, seen=seen, en=Words("First", "Wins."))
    newsroom.later(seconds=5)
    with pytest.raises(Refusal) as refusal:
        edit(newsroom, update_id, seen=seen, en=Words("Second", "Loses."))
    assert refusal.value.status == 409
    assert texts(database) == {"en": ("First", "Wins.")}


def test_what_is_published_is_frozen(newsroom: Newsroom, database: Database) -> None:
    update_id = newsroom.draft()
    newsroom.publish(update_id)
    with pytest.raises(Refusal) as refusal:
        edit(newsroom, update_id, en=Words("Other", "Words."))
    assert refusal.value.status == 409
    with pytest.raises(Refusal) as refusal, database.write() as session:
        delete_draft(session, update_id=update_id, actor="member:1", now=newsroom.now)
    assert refusal.value.status == 409
    assert texts(database)["en"] == ("Refused", "The motion was *refused*.")


def test_a_dropped_draft_is_gone_and_its_words_are_on_record(newsroom: Newsroom, database: Database) -> None:
    update_id = newsroom.draft({"en": BOTH["en"]})
    with database.write() as session:
        delete_draft(session, update_id=update_id, actor="member:1", now=newsroom.now)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Update)) == 0
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "delete_draft")).one()
    assert entry.before["texts"] == {"en": ["Refused", "The motion was *refused*."]}
    with pytest.raises(Refusal) as refusal:
        edit(newsroom, update_id, en=BOTH["en"])
    assert refusal.value.status == 404
