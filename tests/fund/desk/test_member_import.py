"""A list at the desk, from the file to the people it added, in front of the real worker's task."""

import csv
import io
import threading

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fund.audit.models import AuditEntry
from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.members.import_chunk import import_chunk
from fund.members.models import ImportChunk, Member, MemberImport
from fund.members.queries import member_by_address
from fund.web.services import Services
from fund.worker.tasks import make_tasks
from tests.factories.member_lists import member_list
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only
from tests.forms import form_to, submit
from tests.people import BOB, add_member, sign_in

pytestmark = sqlite_only

LISTS = "/desk/members/import"
CONSENT = {"consent": "J’accepte qu’on m’écrive.", "source": "votre compte sur le forum", "date": "2026-01-02"}


def upload(desk: FlaskClient, data: bytes, name: str = "membres.csv", **more: str) -> str:
    """The address of what became of it."""
    values = {**form_to(desk.get(LISTS).text, "").values, **more, "file": (io.BytesIO(data), name)}
    answer = desk.post(LISTS, data=values, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def found(database: Database) -> MemberImport:
    with database.read() as session:
        return session.scalars(select(MemberImport).order_by(MemberImport.id.desc())).one()


def work(services: Services, queue: FakeQueue) -> None:
    queue.tasks = make_tasks(services, threading.Event())
    queue.run_all()


def test_from_the_file_to_its_people_with_progress_and_a_report(
    desk: FlaskClient, services: Services, queue: FakeQueue
) -> None:
    made = member_list(700, 40)
    page = upload(desk, made.data)
    shown = desk.get(page).text
    for words in (
        "Émilie",
        "Windows-1252",
        f">{made.good}</b>",
        "Consentement le",
        "There are two addresses in one field.",
    ):
        assert words in shown
    with services.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Member)) == 1
    assert submit(desk, page, to=f"{page}/start", **CONSENT).status_code == 303
    with services.database.write() as session:
        import_chunk(session, import_id=1, now=utc_now())
    assert "250 of 700 rows" in desk.get(page).text
    submit(desk, page, to=f"{page}/pause")
    work(services, queue)
    assert found(services.database).rows_done == 250
    submit(desk, page, to=f"{page}/continue")
    work(services, queue)
    with services.database.read() as session:
        audited = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert [one for one in audited if "import" in one] == [
        "start_import",
        "pause_import",
        "continue_import",
        "import_members",
    ]
    end = found(services.database)
    assert (end.state, end.added, end.refused) == ("done", made.good, made.bad)
    rows = list(csv.reader(io.StringIO(desk.get(f"/fr{page}.csv").text)))
    assert rows[0] == ["ligne", "motif", "champ"]
    assert len(rows) == made.bad + 1
    assert "votre compte sur le forum" in desk.get(page).text


def test_other_columns_are_counted_anew(desk: FlaskClient, services: Services) -> None:
    page = upload(desk, b"a@old.example;a@new.example\nb@old.example;nobody")
    assert found(services.database).forecast["added"] == 2
    assert submit(desk, page, to=f"{page}/columns", address="1", name="").status_code == 303
    assert found(services.database).forecast["added"] == 1
    for wrong in ("", "2", "-1", "x"):
        answer = submit(desk, page, to=f"{page}/columns", address=wrong)
        assert (answer.status_code, 'id="f-address-error"' in answer.text) == (422, True)
    twice = submit(desk, page, to=f"{page}/columns", address="1", name="1")
    assert (twice.status_code, "One column cannot be two things." in twice.text) == (422, True)
    assert found(services.database).forecast["added"] == 1


def test_once_started_it_is_neither_read_otherwise_nor_started_again(
    desk: FlaskClient, services: Services, queue: FakeQueue
) -> None:
    page = upload(desk, b"a@old.example;a@new.example")
    token = form_to(desk.get(LISTS).text, "").values
    submit(desk, page, to=f"{page}/start", **CONSENT)
    assert desk.post(f"{page}/columns", data={**token, "address": "1"}).status_code == 409
    work(services, queue)
    assert desk.post(f"{page}/start", data={**token, **CONSENT}).status_code == 409
    assert queue.enqueued == []
    with services.database.read() as session:
        assert member_by_address(session, "a@old.example") is not None
        assert member_by_address(session, "a@new.example") is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"consent": "x" * 5_001}, "consent"),
        ({"consent": " "}, "consent"),
        ({"source": ""}, "source"),
        ({"date": "2999-01-01"}, "date"),
        ({"date": "x"}, "date"),
    ],
)
def test_without_consent_nobody_is_added(
    desk: FlaskClient, services: Services, queue: FakeQueue, wrong: dict[str, str], field: str
) -> None:
    page = upload(desk, b"a@x.example")
    answer = submit(desk, page, to=f"{page}/start", **{**CONSENT, **wrong})
    assert (answer.status_code, f'id="f-{field}-error"' in answer.text) == (422, True)
    assert (found(services.database).state, queue.enqueued) == ("preview", [])


@pytest.mark.parametrize("data", [b"", b"name;phone\nBob;12", b"\xff\xfe\x00", b"%PDF-1.7\n\x00"])
def test_a_file_that_is_no_list_is_said_at_its_field(desk: FlaskClient, data: bytes) -> None:
    values = {**form_to(desk.get(LISTS).text, "").values, "file": (io.BytesIO(data), "../<b>.csv")}
    answer = desk.post(LISTS, data=values, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'id="f-file-error"' in answer.text or 'id="f-encoding-error"' in answer.text


def test_starting_twice_and_cancelling(desk: FlaskClient, services: Services, queue: FakeQueue) -> None:
    page = upload(desk, b"a@x.example\nb@x.example")
    for _ in range(2):
        form = form_to(desk.get(LISTS).text, "").values
        assert desk.post(f"{page}/start", data={**form, **CONSENT}).status_code == 303
    assert queue.enqueued == [("import_members", (1,))]
    assert submit(desk, page, to=f"{page}/cancel").status_code == 303
    work(services, queue)
    with services.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ImportChunk)) == 0
        assert session.scalar(select(func.count()).select_from(Member)) == 1
    assert "cancelled" in desk.get(LISTS).text
    token = form_to(desk.get(LISTS).text, "").values
    assert desk.post(f"{page}/continue", data=token).status_code == 409
    assert desk.post(f"{page}/explode", data=token).status_code == 404
    assert desk.get(f"{LISTS}/{2**40}").status_code == 404


def test_the_list_of_members_is_found_by_address_and_kind(
    desk: FlaskClient, services: Services, queue: FakeQueue
) -> None:
    page = upload(desk, b"listed@x.example")
    submit(desk, page, to=f"{page}/start", **CONSENT)
    work(services, queue)
    assert "listed@x.example" in desk.get("/desk/members?kind=waiting").text
    assert "alice@example.org" not in desk.get("/desk/members?kind=imported").text
    sought = submit(desk, "/desk/members", to="/desk/members/find", sought=" LISTED@x.example")
    assert sought.headers["Location"] == "/desk/members/2"
    nobody = submit(desk, "/desk/members", to="/desk/members/find", sought="none@x.example")
    assert (nobody.status_code, 'id="f-sought-error"' in nobody.text) == (404, True)
    one = desk.get("/desk/members/2").text
    assert "membres.csv" in one
    assert "votre compte sur le forum" in one


def test_only_owners_take_in_lists(client: FlaskClient, database: Database) -> None:
    sign_in(client, database, add_member(database, BOB))
    assert client.post(LISTS, data={"file": (io.BytesIO(b"a@x.example"), "x.csv")}).status_code in (400, 403)
    assert client.get(LISTS).status_code == 403
