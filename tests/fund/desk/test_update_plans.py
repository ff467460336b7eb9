"""Updates at the desk after they are written: planned, tried, corrected, withdrawn, with pictures."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy import update as sql_update

from fund.db.session import Database
from fund.files.clean_file import CleanFile, clean_file
from fund.kit.clock import utc_now
from fund.mail.models import Delivery, Mailing
from fund.updates.models import Attachment, Correction, Update
from fund.web.services import Services
from fund.worker.publish_due import publish_due
from tests.fixtures.databases import sqlite_only
from tests.forms import form_to, launch, submit
from tests.fund.desk.values import CASE, POLICY

pytestmark = sqlite_only
NEW = "/desk/campaigns/1/updates/new"
FIRST = "/desk/updates/1"
PUBLIC = "/c/four-labels/updates/1"
WORDS = {"en_title": "The answer went out", "en_body": "It was *delivered* today.", "audience": "public"}


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    """So that the days below lie ahead, and the clocks that they are given by skip the hours that they skip."""
    with time_machine.travel(datetime(2026, 11, 21, 14, 32, tzinfo=UTC)):
        yield


@pytest.fixture
def draft(desk: FlaskClient) -> FlaskClient:
    """A desk with one open campaign and one draft."""
    submit(desk, "/desk/campaigns/new", **CASE, **POLICY)
    launch(desk)
    assert submit(desk, NEW, **WORDS).headers["Location"] == FIRST
    return desk


def count(database: Database, model: Any) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def schedule(desk: FlaskClient, day: str, at: str, zone: str = "America/Toronto") -> int:
    typed = {"publish_at": day, "publish_time": at, "zone": zone}
    return submit(desk, f"{FIRST}/publish", to=f"{FIRST}/schedule", **typed).status_code


def test_it_is_planned_by_the_clock_of_the_court_and_publishes_itself(
    draft: FlaskClient, database: Database, services: Services
) -> None:
    due = datetime(2026, 12, 5, 14, 0, tzinfo=UTC)
    assert schedule(draft, "2026-12-05", "09:00") == 303
    with database.read() as session:
        assert session.scalars(select(Update.publish_at)).one() == due
    page = draft.get(FIRST).text
    assert "Eastern" in page
    assert "to be published on" in draft.get("/desk/updates").text
    publish_due(services, due - timedelta(seconds=1))
    assert draft.get(PUBLIC).status_code == 404
    publish_due(services, due)
    assert "delivered" in draft.get(PUBLIC).text


def test_it_can_be_taken_back_and_edited(draft: FlaskClient) -> None:
    assert schedule(draft, str((utc_now() + timedelta(days=2)).date()), "09:00") == 303
    sent = form_to(draft.get(f"{FIRST}/publish").text, "").values
    assert draft.post(FIRST, data={**sent, **WORDS}).status_code == 409
    assert submit(draft, FIRST, to=f"{FIRST}/unschedule").status_code == 303
    assert submit(draft, FIRST, en_body="Other words.").status_code == 303


@pytest.mark.parametrize(
    ("day", "at", "zone", "says"),
    [
        ("", "09:00", "UTC", "Write the day"), ("2026-02-30", "", "UTC", "Write the day"),
        ("2020-01-01", "09:00", "UTC", "passed"), ("9999-12-31", "23:59", "America/Toronto", "cannot be meant"),
        ("2027-03-14", "02:30", "America/Toronto", "skip this time"), ("2027-01-01", "25:00", "UTC", "Write the time"),
        ("2027-01-01", "09:00", "Mars/Crater", "one of these clocks"), ("2199-01-01", "", "UTC", "two years"),
    ],
)  # fmt: skip
def test_a_moment_that_cannot_be_is_refused_with_what_was_typed(
    draft: FlaskClient, day: str, at: str, zone: str, says: str
) -> None:
    answer = submit(draft, f"{FIRST}/publish", to=f"{FIRST}/schedule", publish_at=day, publish_time=at, zone=zone)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{at}"' in answer.text


def test_what_waits_for_counsel_stands_on_today(draft: FlaskClient, services: Services) -> None:
    submit(draft, FIRST, needs_counsel="1")
    tomorrow = utc_now() + timedelta(days=1)
    assert schedule(draft, str(tomorrow.date()), tomorrow.strftime("%H:%M"), "UTC") == 303
    assert "was to be published" not in draft.get("/desk/").text
    with time_machine.travel(tomorrow + timedelta(minutes=5)):
        publish_due(services, utc_now())
        assert draft.get(PUBLIC).status_code == 404
        page = draft.get("/desk/").text
    assert "was to be published" in page
    assert "counsel has not cleared it" in page


def test_a_test_goes_to_the_writer_alone_and_a_double_click_sends_one(draft: FlaskClient, database: Database) -> None:
    page = draft.get(f"{FIRST}/preview").text
    assert page.count("As a mail, in") == 2
    form = form_to(page, f"{FIRST}/test")
    for _ in range(2):
        assert draft.post(form.action, data=form.values).status_code == 303
    with database.read() as session:
        (mail,) = session.scalars(select(Delivery))
    assert (mail.address, mail.bulk) == ("alice@example.org", False)
    assert count(database, Mailing) == 0


def test_words_are_corrected_in_two_steps(draft: FlaskClient, database: Database) -> None:
    assert draft.get(f"{FIRST}/correct").status_code == 200
    submit(draft, f"{FIRST}/publish")
    there = f"{FIRST}/correct"
    refused = submit(draft, there, en_body="It was *refused*.")
    assert refused.status_code == 422
    assert "It was *refused*." in refused.text
    assert submit(draft, there, en_body="It was *refused*.", en_reason="A slip.").headers["Location"] == there
    assert "It will" not in draft.get(PUBLIC).text
    form = form_to(draft.get(there).text, f"{there}/publish")
    assert "One mail to 1 person" in draft.get(there).text
    answers = [draft.post(form.action, data={**form.values, "tell": "1"}).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert count(database, Mailing) == 2
    page = draft.get(PUBLIC).text
    assert "<em>refused</em>" in page
    assert "<em>delivered</em>" in page
    submit(draft, there, en_body="Again.", en_reason="Another slip.")
    assert submit(draft, there, to=f"{there}/drop").status_code == 303
    assert count(database, Correction) == 1


def test_it_goes_on_top_and_is_withdrawn_while_no_mail_has_left(draft: FlaskClient, database: Database) -> None:
    submit(draft, f"{FIRST}/publish")
    submit(draft, FIRST, to=f"{FIRST}/pin")
    assert "pinned" in draft.get("/c/four-labels/updates").text
    submit(draft, FIRST, to=f"{FIRST}/pin")
    assert "pinned" not in draft.get("/c/four-labels/updates").text
    assert submit(draft, FIRST, to=f"{FIRST}/withdraw").status_code == 303
    assert draft.get(PUBLIC).status_code == 410
    assert draft.get(FIRST).status_code == 200
    with database.read() as session:
        assert session.scalars(select(Mailing.state)).one() == "cancelled"


def upload(desk: FlaskClient, content: bytes, **typed: str) -> int:
    form = form_to(desk.get(FIRST).text, f"{FIRST}/files")
    sent = {**form.values, "en_words": "The letter", **typed, "file": (BytesIO(content), "letter.png")}
    return desk.post(form.action, data=sent, content_type="multipart/form-data").status_code


def test_a_picture_is_added_shown_and_taken_away(draft: FlaskClient, database: Database) -> None:
    kept = BytesIO()
    Image.new("RGB", (30, 20), "red").save(kept, "PNG")
    assert upload(draft, b"GIF89a not ours") == 422
    assert upload(draft, b"") == 422
    assert upload(draft, kept.getvalue(), en_words="") == 422
    assert [upload(draft, kept.getvalue()) for _ in range(2)] == [303, 303]
    with database.read() as session:
        file_id = session.scalars(select(Attachment.file_id)).one()
    assert draft.get(f"/desk/files/{file_id}").content_type == "image/png"
    assert 'alt="The letter"' in draft.get(f"{FIRST}/preview").text
    assert submit(draft, FIRST, to=f"{FIRST}/files/{file_id}/detach").status_code == 303
    assert count(database, Attachment) == 0
    assert draft.get(f"/desk/files/{file_id}").status_code == 404


def test_others_can_write_while_a_picture_is_drawn_anew(
    draft: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one writer at a time, the seconds that a large picture takes would keep every gift waiting."""

    def meanwhile(content: bytes) -> CleanFile:
        with services.database.write() as session:
            session.execute(sql_update(Update).values(zone="Europe/Paris"))
        return clean_file(content)

    monkeypatch.setattr("fund.desk.update_files.clean_file", meanwhile)
    kept = BytesIO()
    Image.new("RGB", (30, 20), "red").save(kept, "PNG")
    assert upload(draft, kept.getvalue()) == 303


def test_whom_it_reaches_is_kept_in_the_form(draft: FlaskClient, database: Database) -> None:
    later = {"audience": "donors", "public_from": "2027-06-01", "public_at": "08:30", "zone": "Europe/Paris"}
    submit(draft, FIRST, **later)
    with database.read() as session:
        update = session.scalars(select(Update)).one()
    assert (update.audience, update.public_from) == ("donors", datetime(2027, 6, 1, 6, 30, tzinfo=UTC))
    page = draft.get(FIRST).text
    for value in ("2027-06-01", "08:30"):
        assert f'value="{value}"' in page
    assert "Donors" in draft.get(f"{FIRST}/publish").text
    submit(draft, FIRST, audience="public", mail_donors="1")
    with database.read() as session:
        update = session.scalars(select(Update)).one()
    assert (update.public_from, update.mail_donors) == (None, True)
