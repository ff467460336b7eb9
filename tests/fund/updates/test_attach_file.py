from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from fund.audit.models import AuditEntry
from fund.files.clean_file import clean_file
from fund.files.models import StoredFile
from fund.kit.errors import Refusal
from fund.updates.attach_file import attach_file
from fund.updates.delete_draft import delete_draft
from fund.updates.detach_file import detach_file
from fund.updates.queries import attachments
from fund.updates.reviews import text_digest
from fund.updates.withdraw_update import withdraw_update
from tests.fixtures.databases import sqlite_only
from tests.fund.updates.newsroom import Newsroom, text_of

pytestmark = sqlite_only
WORDS = {"en": "The letter", "fr": "La lettre"}


def picture(colour: str = "red") -> bytes:
    kept = BytesIO()
    Image.new("RGB", (30, 20), colour).save(kept, "PNG")
    return kept.getvalue()


def attach(newsroom: Newsroom, update_id: int, content: bytes = b"", **more: object) -> str:
    values = {"file": clean_file(content or picture()), "name": "Lettre reçue.PNG", "words": WORDS, **more}
    return str(newsroom.do(attach_file, update_id=update_id, **values).file_id)


def files(newsroom: Newsroom, update_id: int) -> list[tuple[str, bool]]:
    with newsroom.database.read() as session:
        return [(stored.name, stored.is_public) for _, stored in attachments(session, update_id)]


@pytest.mark.parametrize(("audience", "public"), [("public", True), ("members", False), ("donors", False)])
def test_it_is_open_with_the_update_and_only_to_its_readers(newsroom: Newsroom, audience: str, public: bool) -> None:
    update_id = newsroom.draft(audience=audience)
    attach(newsroom, update_id)
    assert files(newsroom, update_id) == [("Lettre-recue.png", False)]
    newsroom.publish(update_id)
    assert files(newsroom, update_id) == [("Lettre-recue.png", public)]
    newsroom.do(withdraw_update, update_id=update_id)
    assert files(newsroom, update_id) == [("Lettre-recue.png", False)]


def test_the_mail_says_what_is_there(newsroom: Newsroom) -> None:
    newsroom.member("eve", locale="fr")
    update_id = newsroom.draft()
    attach(newsroom, update_id)
    newsroom.publish(update_id)
    (mail,) = newsroom.mails()
    assert "La lettre" in text_of(mail)


def test_the_same_file_twice_is_one_and_may_be_described_anew(newsroom: Newsroom) -> None:
    update_id = newsroom.draft()
    attach(newsroom, update_id)
    attach(newsroom, update_id, words={"en": "The first letter", "fr": "La première"})
    with newsroom.database.read() as session:
        ((attachment, _),) = attachments(session, update_id)
        assert attachment.words["en"] == "The first letter"
        last = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)
        described = session.scalars(last).one()
        assert (described.action, described.before["words"], described.after["words"]["fr"]) == (
            "describe_file", WORDS, "La première",
        )  # fmt: skip
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_counsel_clears_the_files_with_the_words(newsroom: Newsroom) -> None:
    update_id, digests = newsroom.draft(), set()
    for colour in ("", "red", "blue"):
        if colour:
            attach(newsroom, update_id, picture(colour))
        with newsroom.database.read() as session:
            digests.add(text_digest(session, newsroom.update(update_id)))
    assert len(digests) == 3


def test_taken_away_or_with_its_draft_it_is_gone(newsroom: Newsroom) -> None:
    update_id = newsroom.draft()
    file_id = attach(newsroom, update_id)
    attach(newsroom, update_id, picture("blue"))
    for _ in range(2):
        newsroom.do(detach_file, update_id=update_id, file_id=file_id)
    assert len(files(newsroom, update_id)) == 1
    newsroom.do(delete_draft, update_id=update_id)
    with newsroom.database.read() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"content": b"GIF89a"}, "file"),
        ({"content": b"%PDF-1.7 not really"}, "file"),
        ({"content": b"x" * (10 * 1024 * 1024 + 1)}, "file"),
        ({"words": {"en": "The letter"}}, "fr_words"),
        ({"words": {"en": "\u2800", "fr": "x"}}, "en_words"),
        ({"words": {"en": "x" * 301, "fr": "x"}}, "en_words"),
    ],
)
def test_bad_input_is_refused_beside_its_field(newsroom: Newsroom, more: dict[str, object], field: str) -> None:
    update_id = newsroom.draft()
    with pytest.raises(Refusal) as refused:
        attach(newsroom, update_id, **more)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert files(newsroom, update_id) == []


def test_there_is_an_end_and_what_is_published_is_closed(newsroom: Newsroom) -> None:
    update_id = newsroom.draft()
    for shade in range(10):
        attach(newsroom, update_id, picture(f"#0000{shade:02d}"))
    with pytest.raises(Refusal) as refused:
        attach(newsroom, update_id, picture("white"))
    assert refused.value.field == "file"
    newsroom.publish(update_id)
    with pytest.raises(Refusal) as refused:
        attach(newsroom, update_id)
    assert refused.value.status == 409
