import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fund.db.session import Database
from fund.mail.models import Mailing
from fund.updates.models import Update
from tests.fixtures.databases import sqlite_only
from tests.forms import launch, submit
from tests.fund.desk.values import CASE, POLICY
from tests.people import BOB, CAROL, add_member

pytestmark = sqlite_only

NEW = "/desk/campaigns/1/updates/new"
FIRST = "/desk/updates/1"
WORDS = {"en_title": "The answer went out", "en_body": "It was *delivered* today.", "audience": "public"}


@pytest.fixture
def open_desk(desk: FlaskClient) -> FlaskClient:
    """A desk with one open campaign."""
    submit(desk, "/desk/campaigns/new", **CASE, **POLICY)
    launch(desk)
    return desk


def count(database: Database, model: type[Update] | type[Mailing]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_from_draft_to_page_and_mail(open_desk: FlaskClient, database: Database) -> None:
    add_member(database, BOB)
    add_member(database, CAROL)
    assert submit(open_desk, NEW, **WORDS).headers["Location"] == FIRST
    assert open_desk.get("/c/four-labels/updates/1").status_code == 404
    submit(open_desk, FIRST, en_title="The answer is out", fr_title="La réponse est partie", fr_body="Remise ce jour.")

    preview = open_desk.get(f"{FIRST}/preview").text
    assert "<em>delivered</em>" in preview
    assert "ici figurent la raison et la date" in preview
    assert "It will be mailed to 3 people." in open_desk.get(f"{FIRST}/publish").text
    assert count(database, Mailing) == 0

    assert submit(open_desk, f"{FIRST}/publish").headers["Location"] == "/desk/updates"
    assert "The answer is out" in open_desk.get("/c/four-labels/updates/1").text
    assert "La réponse est partie" in open_desk.get("/fr/c/four-labels/updates/1").text
    assert count(database, Mailing) == 1


def test_the_mail_is_shown_as_it_will_be_and_can_do_nothing(open_desk: FlaskClient) -> None:
    submit(
        open_desk, NEW, **{**WORDS, "en_body": "Look <script>alert(1)</script> ![x](https://evil.example/pixel.png)"}
    )
    mail = open_desk.get(f"{FIRST}/mail")
    assert mail.status_code == 200
    policy = mail.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "<script" not in mail.text
    assert 'src="https://evil' not in mail.text
    assert "%%" not in mail.text
    assert "/c/four-labels/updates/1" in mail.text


def test_what_is_published_is_frozen_and_goes_out_once(open_desk: FlaskClient, database: Database) -> None:
    submit(open_desk, NEW, **WORDS)
    edit, publish = open_desk.get(FIRST), open_desk.get(f"{FIRST}/publish")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', publish.text)[-1]
    seen = re.findall(r'name="seen" value="([^"]+)"', edit.text)[0]
    sent = {"csrf_token": token, "seen": seen}
    answers = [open_desk.post(f"{FIRST}/publish", data=sent).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert open_desk.post(FIRST, data={**sent, **WORDS, "en_body": "Changed"}).status_code == 409
    assert open_desk.post(f"{FIRST}/delete", data=sent).status_code == 409
    assert "delivered" in open_desk.get("/c/four-labels/updates/1").text
    assert count(database, Mailing) == 1


def test_what_is_published_is_what_was_looked_at(open_desk: FlaskClient, database: Database) -> None:
    submit(open_desk, NEW, **WORDS)
    looked_at = open_desk.get(f"{FIRST}/publish").text
    token, seen = (re.findall(rf'name="{name}" value="([^"]+)"', looked_at)[-1] for name in ("csrf_token", "seen"))
    submit(open_desk, FIRST, en_body="Changed by somebody else.")
    answer = open_desk.post(f"{FIRST}/publish", data={"csrf_token": token, "seen": seen})
    assert answer.status_code == 409
    assert count(database, Mailing) == 0


def test_a_draft_can_be_deleted_after_a_question(open_desk: FlaskClient, database: Database) -> None:
    submit(open_desk, NEW, **WORDS)
    assert open_desk.get(f"{FIRST}/delete").status_code == 200
    assert count(database, Update) == 1
    submit(open_desk, f"{FIRST}/delete")
    assert count(database, Update) == 0
    assert open_desk.get(FIRST).status_code == 404


def test_a_double_click_keeps_one_draft(open_desk: FlaskClient, database: Database) -> None:
    assert {submit(open_desk, NEW, **WORDS).headers["Location"] for _ in range(2)} == {FIRST}
    submit(open_desk, NEW, **{**WORDS, "en_body": "Something else."})
    assert count(database, Update) == 2


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("en_title", ""), ("en_body", ""), ("en_title", "x" * 201), ("en_body", "x" * 40_001), ("fr_title", "Seul"),
        ("fr_body", "Seul"), ("audience", "nobody"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_what_was_typed(
    open_desk: FlaskClient, database: Database, field: str, typed: str
) -> None:
    answer = submit(open_desk, NEW, **{**WORDS, field: typed})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert (
        typed or "The answer went out" if field != "en_title" else "delivered"
    ) in answer.text or field == "audience"
    assert count(database, Update) == 0


def test_an_update_of_a_draft_campaign_waits_for_the_launch(desk: FlaskClient, database: Database) -> None:
    submit(desk, "/desk/campaigns/new", **CASE)
    submit(desk, NEW, **WORDS)
    answer = submit(desk, f"{FIRST}/publish")
    assert answer.status_code == 409
    assert "Launch the campaign first" in answer.text
    assert count(database, Mailing) == 0
