"""Counsel reads a draft before the public does; nothing that waits for counsel can be published."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select, text

from fund.audit.models import AuditEntry
from fund.campaigns.models import Counsel
from fund.files.clean_file import clean_file
from fund.kit.errors import Refusal
from fund.updates.answer_review import answer_review
from fund.updates.attach_file import attach_file
from fund.updates.call_back_review import call_back_review
from fund.updates.delete_draft import delete_draft
from fund.updates.detach_file import detach_file
from fund.updates.drop_correction import drop_correction
from fund.updates.edit_update import edit_update
from fund.updates.models import Review
from fund.updates.prepare_correction import prepare_correction
from fund.updates.queries import find_update
from fund.updates.reviews import Standing, counsel_with_address, find_review, standing
from fund.updates.rules import Words
from fund.updates.send_to_counsel import send_to_counsel
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.newsroom import BOTH, Newsroom, text_of, token_in
from tests.people import ALICE, add_member

COUNSEL = "tremblay@counsel.example"
BOTH_CORRECTED = {locale: replace(words, title=words.title + "!") for locale, words in BOTH.items()}


@dataclass
class StoredPicture:
    """One beside a draft."""

    newsroom: Newsroom
    update_id: int
    file_id: str = ""

    def __post_init__(self) -> None:
        self.file_id = self._attach("red")

    def attach_another(self) -> None:
        self._attach("blue")

    def detach(self) -> None:
        self.newsroom.do(detach_file, update_id=self.update_id, file_id=self.file_id)

    def _attach(self, colour: str) -> str:
        kept = BytesIO()
        Image.new("RGB", (30, 20), colour).save(kept, "PNG")
        words = {"en": "The letter", "fr": "La lettre"}
        values = {"file": clean_file(kept.getvalue()), "name": "letter.png", "words": words}
        return str(self.newsroom.do(attach_file, update_id=self.update_id, **values).file_id)


@pytest.fixture
def counsel_id(newsroom: Newsroom) -> int:
    with newsroom.database.write() as session:
        counsel = Counsel(
            campaign_id=newsroom.campaign_id,
            key="a-tremblay",
            name="A. Tremblay",
            email=COUNSEL,
            from_on=date(2026, 9, 1),
            created_at=newsroom.now,
        )
        session.add(counsel)
        session.flush()
        return counsel.id


def send(newsroom: Newsroom, update_id: int, counsel_id: int, *, locale: str = "en") -> str:
    """The token of the link that counsel got."""
    with newsroom.database.write() as session:
        send_to_counsel(
            session,
            newsroom.queue,
            newsroom.sender,
            newsroom.signer,
            newsroom.addresses,
            update_id=update_id,
            counsel_id=counsel_id,
            locale=locale,
            actor="member:1",
            now=newsroom.now,
        )
    (mail,) = newsroom.mails()
    assert mail["To"] == COUNSEL
    return token_in(mail, "review")


def answer(newsroom: Newsroom, token: str, answer: str = "cleared", comment: str = "") -> Review:
    with newsroom.database.write() as session:
        return answer_review(
            session,
            newsroom.queue,
            newsroom.sender,
            newsroom.signer,
            newsroom.addresses,
            token=token,
            answer=answer,
            comment=comment,
            now=newsroom.now,
        )


def edit(newsroom: Newsroom, update_id: int, **values: Any) -> None:
    given: dict[str, Any] = {"words": BOTH, "audience": "public", "needs_counsel": True, **values}
    with newsroom.database.write() as session:
        edit_update(session, update_id=update_id, actor="member:1", now=newsroom.now, **given)


def at(newsroom: Newsroom, update_id: int) -> Standing:
    with newsroom.database.read() as session:
        update = find_update(session, update_id)
        assert update is not None
        return standing(session, update)


def refusal(newsroom: Newsroom, update_id: int) -> str:
    with pytest.raises(Refusal) as refused:
        newsroom.publish(update_id)
    assert refused.value.status == 409
    return refused.value.message


def test_cleared_words_are_published_and_others_are_not(newsroom: Newsroom, counsel_id: int) -> None:
    draft = newsroom.draft()
    token = send(newsroom, draft, counsel_id)
    assert "is with counsel" in refusal(newsroom, draft)
    answer(newsroom, token)
    assert at(newsroom, draft).cleared
    edit(newsroom, draft, words={"en": Words("Refused!", "Something else.")})
    assert "has not cleared these words" in refusal(newsroom, draft)
    edit(newsroom, draft, audience="members")
    assert "has not cleared these words" in refusal(newsroom, draft)
    edit(newsroom, draft)
    assert newsroom.publish(draft).state == "published", "the very words that were cleared"


def test_what_is_with_counsel_is_neither_changed_nor_sent_twice(newsroom: Newsroom, counsel_id: int) -> None:
    draft = newsroom.draft()
    send(newsroom, draft, counsel_id)
    for act in (lambda: edit(newsroom, draft), lambda: send(newsroom, draft, counsel_id)):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.status == 409


def test_a_change_is_asked_for_with_a_reason_and_owners_are_told_without_it(
    newsroom: Newsroom, counsel_id: int
) -> None:
    add_member(newsroom.database, ALICE)
    draft = newsroom.draft()
    token = send(newsroom, draft, counsel_id)
    with pytest.raises(Refusal) as refused:
        answer(newsroom, token, "changes", "  ")
    assert refused.value.field == "comment"
    for _ in range(2):
        answer(newsroom, token, "changes", "Leave the second name out.")
    (mail,) = newsroom.mails()
    assert (mail["To"], mail["Subject"]) == (ALICE.address, "Counsel asks for a change: Refused")
    assert "second name" not in text_of(mail)
    assert "has not cleared these words" in refusal(newsroom, draft)
    with newsroom.database.read() as session:
        stored = session.execute(text("SELECT comment FROM update_review")).scalar_one()
        said = [entry.after for entry in session.scalars(select(AuditEntry))]
    assert "second name" not in stored, "privileged: kept encrypted"
    assert "second name" not in str(said)
    with pytest.raises(Refusal) as refused:
        answer(newsroom, token)
    assert refused.value.status == 409, "one answer a link"


def test_called_back_the_link_is_dead_and_the_text_still_needs_clearing(newsroom: Newsroom, counsel_id: int) -> None:
    draft = newsroom.draft()
    token = send(newsroom, draft, counsel_id)
    with newsroom.database.write() as session:
        call_back_review(session, update_id=draft, actor="member:1", now=newsroom.now)
    with pytest.raises(Refusal) as refused:
        answer(newsroom, token)
    assert refused.value.status == 410
    assert "has not cleared these words" in refusal(newsroom, draft)
    edit(newsroom, draft, needs_counsel=False)
    newsroom.publish(draft)


def test_a_tick_alone_holds_a_draft_back(newsroom: Newsroom) -> None:
    draft = newsroom.draft()
    edit(newsroom, draft)
    assert "has not cleared these words" in refusal(newsroom, draft)


def test_links_forged_old_and_of_a_deleted_update(newsroom: Newsroom, counsel_id: int) -> None:
    draft = newsroom.draft()
    token = send(newsroom, draft, counsel_id)
    with newsroom.database.read() as session:
        for bad, status in ((token + "x", 404), ("", 404), (newsroom.signer.sign_dated("follow", 1), 404)):
            with pytest.raises(Refusal) as refused:
                find_review(session, newsroom.signer, token=bad)
            assert refused.value.status == status
        assert find_review(session, newsroom.signer, token=token)[1].id == draft
    with newsroom.database.write() as session:
        delete_draft(session, update_id=draft, actor="member:1", now=newsroom.now)
    with pytest.raises(Refusal) as refused:
        answer(newsroom, token)
    assert refused.value.status == 410
    with newsroom.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Review)) == 0


def test_only_counsel_of_the_campaign_with_an_address_is_asked(newsroom: Newsroom, counsel_id: int) -> None:
    draft = newsroom.draft()
    with newsroom.database.write() as session:
        counsel = session.get_one(Counsel, counsel_id)
        counsel.until_on = (newsroom.now - timedelta(days=1)).date()
    for chosen in (counsel_id, 999):
        with pytest.raises(Refusal) as refused:
            send(newsroom, draft, chosen)
        assert refused.value.field == "counsel"
    with newsroom.database.write() as session:
        counsel = session.get_one(Counsel, counsel_id)
        counsel.until_on, counsel.email = None, None
        assert counsel_with_address(session, newsroom.campaign_id, on=newsroom.now.date()) == []
    with pytest.raises(Refusal) as refused:
        send(newsroom, draft, counsel_id)
    assert refused.value.field == "counsel"


@sqlite_only
def test_nothing_of_it_changes_while_it_is_with_counsel(newsroom: Newsroom, counsel_id: int) -> None:
    update_id = newsroom.draft()
    picture = StoredPicture(newsroom, update_id)
    send(newsroom, update_id, counsel_id)
    for act in (picture.attach_another, picture.detach):
        with pytest.raises(Refusal, match="Call it back before you change it") as refused:
            act()
        assert refused.value.status == 409
    newsroom.do(call_back_review, update_id=update_id)
    with pytest.raises(Refusal, match="not with counsel"):
        newsroom.do(call_back_review, update_id=update_id)
    with newsroom.database.read() as session:
        called = session.scalars(select(AuditEntry).where(AuditEntry.action == "call_back_review")).one()
        assert (called.before["state"], called.after["state"]) == ("asked", "withdrawn")
        assert (
            session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "send_to_counsel")).one() == "member:1"
        )
    picture.detach()


@sqlite_only
def test_nor_a_correction_that_was_prepared(newsroom: Newsroom, counsel_id: int) -> None:
    update_id = newsroom.draft()
    newsroom.publish(update_id)
    newsroom.mails()
    reason = {"en": "A slip.", "fr": "Un lapsus."}
    newsroom.do(prepare_correction, update_id=update_id, words=BOTH_CORRECTED, reason=reason)
    send(newsroom, update_id, counsel_id)
    anew = {"words": BOTH_CORRECTED, "reason": reason, "seen": newsroom.now}
    for use_case, values in ((prepare_correction, anew), (drop_correction, {})):
        with pytest.raises(Refusal, match="Call it back before you change it") as refused:
            newsroom.do(use_case, update_id=update_id, **values)
        assert refused.value.status == 409
