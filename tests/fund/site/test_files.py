from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from fund.db.session import Database
from fund.files.keep_pdf import keep_pdf
from fund.files.models import StoredFile
from fund.files.show_file import show_file
from tests.fixtures.databases import sqlite_only
from tests.fund.files.pdfs import plain_pdf, text_of
from tests.people import ALICE, BOB, add_member, sign_in

pytestmark = sqlite_only


@pytest.fixture
def stored(database: Database) -> StoredFile:
    with database.write() as session:
        kept = keep_pdf(
            session, content=plain_pdf("An order"), name="Order.pdf", actor="a", now=datetime(2026, 10, 1, tzinfo=UTC)
        )
        show_file(session, file_id=kept.id, shown=True)
        return kept


def test_a_public_document_is_served_as_nothing_else(client: FlaskClient, stored: StoredFile) -> None:
    for path in (f"/files/{stored.id}/Order.pdf", f"/fr/files/{stored.id}/Order.pdf"):
        answer = client.get(path)
        assert (answer.status_code, answer.content_type) == (200, "application/pdf")
        assert text_of(answer.data) == ["An order"]
        assert answer.headers["Content-Disposition"] == 'inline; filename="Order.pdf"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "Set-Cookie" not in answer.headers
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    part = client.get(f"/files/{stored.id}/Order.pdf", headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.data) == (206, b"%PDF-")


def test_taken_back_it_is_gone_at_once(client: FlaskClient, database: Database, stored: StoredFile) -> None:
    tag = client.get(f"/files/{stored.id}/Order.pdf").headers["ETag"]
    with database.write() as session:
        show_file(session, file_id=stored.id, shown=False)
    assert client.get(f"/files/{stored.id}/Order.pdf", headers={"If-None-Match": tag}).status_code == 404


@pytest.mark.parametrize(
    "path", ["{id}/Other.pdf", "{id}/", "{id}", "nothing/Order.pdf", "{no}/Order.pdf", "{id}/../x"]
)
def test_another_address_finds_nothing(client: FlaskClient, stored: StoredFile, path: str) -> None:
    named = path.format(id=stored.id, no="00000000-0000-4000-8000-000000000000")
    assert client.get(f"/files/{named}").status_code == 404


def test_the_desk_sees_what_is_not_public(client: FlaskClient, database: Database, stored: StoredFile) -> None:
    with database.write() as session:
        show_file(session, file_id=stored.id, shown=False)
    sign_in(client, database, add_member(database, BOB))
    assert client.get(f"/desk/files/{stored.id}").status_code == 403
    sign_in(client, database, add_member(database, ALICE))
    answer = client.get(f"/desk/files/{stored.id}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert client.get("/desk/files/00000000-0000-4000-8000-000000000000").status_code == 404
