import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest
from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject

from fund.db.session import Database
from fund.files.keep_pdf import LARGEST, keep_pdf
from fund.files.models import StoredFile
from fund.files.queries import file_to_show, file_with_content
from fund.files.show_file import show_file
from fund.kit.errors import Refusal
from tests.fixtures.databases import sqlite_only
from tests.fund.files.pdfs import (
    SECRET,
    changed,
    hide_a_layer,
    mark_up,
    note,
    objects_of,
    plain_pdf,
    revised,
    talkative,
    text_of,
)

NOW = datetime(2026, 10, 12, 9, tzinfo=UTC)


def keep(database: Database, content: bytes, name: str = "Order.pdf") -> StoredFile:
    with database.write() as session:
        return keep_pdf(session, content=content, name=name, actor="member:1", now=NOW)


def zipped() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("letter.txt", "x" * 2000)
    return packed.getvalue()


def test_a_document_is_kept_and_shown_only_when_it_is_public(database: Database) -> None:
    kept = keep(database, plain_pdf("Interim order", "Page two"))
    with database.read() as session:
        assert file_to_show(session, kept.id) is None
        hidden = file_with_content(session, kept.id)
        assert hidden is not None
        assert text_of(hidden.content) == ["Interim order", "Page two"]
        assert (len(hidden.content), hidden.media_type) == (hidden.size, "application/pdf")
    for shown in (True, False):
        with database.write() as session:
            show_file(session, file_id=kept.id, shown=shown)
        with database.read() as session:
            assert (file_to_show(session, kept.id) is not None) is shown


@sqlite_only
def test_nothing_is_kept_but_what_the_pages_draw(database: Database) -> None:
    full = changed(plain_pdf("What everybody may read"), talkative)
    assert SECRET in objects_of(full)
    cleaned = keep(database, full).content
    everything = objects_of(cleaned)
    assert text_of(cleaned) == ["What everybody may read"]
    assert "https://court.example/file" in everything
    for word in (SECRET, "JavaScript", "EmbeddedFile", "/AA", "pypdf", "PieceInfo", "/Info", "CreationDate"):
        assert word not in everything, word
    notes = PdfReader(BytesIO(cleaned)).pages[0]["/Annots"]
    assert isinstance(notes, ArrayObject)
    assert [repr(note.get_object()).count("/Square") for note in notes] == [1, 0]


@sqlite_only
def test_words_behind_what_is_drawn_are_gone(database: Database) -> None:
    full = changed(plain_pdf("What everybody may read"), mark_up)
    assert objects_of(full).count(SECRET) == 4
    cleaned = keep(database, full).content
    assert text_of(cleaned) == ["What everybody may read"]
    assert SECRET not in objects_of(cleaned)


@sqlite_only
def test_an_earlier_revision_of_the_file_is_gone(database: Database) -> None:
    first = plain_pdf("Settled for 12,345")
    second = revised(first)
    assert (text_of(second), second[: len(first)]) == ([""], first)
    cleaned = keep(database, second).content
    assert text_of(cleaned) == [""]
    assert "12,345" not in objects_of(cleaned)


@sqlite_only
def test_photographs_lose_what_the_camera_wrote(database: Database) -> None:
    exif = Image.Exif()
    exif[0x013B] = SECRET
    photo = BytesIO()
    Image.new("RGB", (40, 30), "red").save(photo, "JPEG", exif=exif, comment=SECRET.encode())
    assert b"Exif" in photo.getvalue()
    document = FPDF()
    document.add_page()
    document.image(photo, w=50)
    given = bytes(document.output())
    assert b"Exif" in given
    cleaned = keep(database, given).content
    assert b"Exif" not in cleaned
    assert SECRET.encode() not in cleaned
    picture = PdfReader(BytesIO(cleaned)).pages[0].images[0].image
    assert picture is not None
    assert (picture.size, picture.getpixel((20, 15))) == ((40, 30), (254, 0, 0))


NO_PDF = "This file is not a PDF that can be read."


@sqlite_only
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Choose a file. This one is empty."),
        (zipped(), NO_PDF),
        (b"%PDF-1.7\nhello", NO_PDF),
        (b"%PDF-1.7\n" + zipped(), NO_PDF),
        (plain_pdf()[:200], NO_PDF),
        (b"<html>%PDF-</html>", NO_PDF),
        (b"%PDF-1.4" + b"x" * (LARGEST + 1), "A file has at most 10 MB."),
        (changed(plain_pdf(), lambda made: made.encrypt("", "owner")), "This PDF is encrypted."),
        (changed(plain_pdf(), lambda made: made.encrypt("reader")), "This PDF is encrypted."),
        (changed(plain_pdf(), hide_a_layer), "This PDF has hidden layers."),
        (changed(plain_pdf(), lambda made: note(made, "/Redact")), "This PDF has redactions that were only marked."),
    ],
    ids=["empty", "zip", "text", "zip2", "cut off", "html", "large", "owner's", "reader's", "layers", "redact"],
)  # fmt: skip
def test_what_is_no_safe_pdf_is_refused(database: Database, content: bytes, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        keep(database, content)
    assert str(refused.value).startswith(sentence)
    assert (refused.value.field, refused.value.status) == ("file", 422)
    with database.read() as session:
        assert session.query(StoredFile).all() == []


@sqlite_only
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ordonnance du 4 mars (signée).PDF", "Ordonnance-du-4-mars-signee.pdf"),
        ('a"; filename="x.exe', "a-filename-x.exe.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Me\\order.pdf", "order.pdf"),
        ("判決.pdf", "document.pdf"),
        ("a\r\nSet-Cookie: b", "a-Set-Cookie-b.pdf"),
        ("x" * 400, "x" * 100 + ".pdf"),
        ("..pdf", "document.pdf"),
    ],
)
def test_a_name_is_safe_in_an_address_and_a_header(database: Database, given: str, kept: str) -> None:
    assert keep(database, plain_pdf(), given).name == kept
