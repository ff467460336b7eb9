"""Parties, demands, counsel and the timeline through the desk's pages, and what the public then reads."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from fund.campaigns.models import Counsel, Revision, TimelineEvent
from fund.db.session import Database
from fund.files.models import StoredFile
from fund.mail.models import Delivery
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign, make_draft
from tests.factories.donations import give
from tests.factories.mailings import write_down
from tests.fixtures.databases import sqlite_only
from tests.forms import form_to, submit
from tests.fund.files.pdfs import plain_pdf, text_of
from tests.people import BOB, add_member, sign_in

pytestmark = sqlite_only

CAMPAIGN = "/desk/campaigns/1"
WHY = {"en_reason": "There are more of them.", "fr_reason": "Ils sont plus nombreux."}
LAVOIE = {"name": "Me Julien Lavoie", "firm": "Lavoie, avocats", "from_on": "2026-09-01", "email": "jl@bar.example"}
ROY = {"name": "Me Élise Roy", "from_on": "2026-10-16", "consented_on": "2026-10-15"}
HEARING = {
    "kind": "hearing",
    "day": "2026-12-05",
    "at": "09:30",
    "zone": "America/Toronto",
    "en_title": "Interim motion",
    "fr_title": "Requête interlocutoire",
}


@pytest.fixture
def open_campaign(services: Services) -> int:
    return make_campaign(services.database)


def count(database: Database, what: type[Any]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def public(desk: FlaskClient, path: str = f"/c/{SLUG}") -> str:
    """A page's words, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", desk.get(path).text).split())


def send(desk: FlaskClient, path: str, pdf: bytes = b"", **typed: str) -> TestResponse:
    """An event's form with a file, as a browser sends it."""
    values: dict[str, Any] = {**form_to(desk.get(path).text, "" if path.endswith("/new") else path).values, **typed}
    values["file"] = FileStorage(BytesIO(pdf), "Order.pdf" if pdf else "", content_type="application/pdf")
    boundary, body = encode_multipart(values)
    return desk.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def test_thirty_one_complainants_read_well(
    desk: FlaskClient, services: Services, database: Database, open_campaign: int
) -> None:
    give(services, open_campaign, email="donor@example.org")
    mails = count(database, Delivery)
    page = f"{CAMPAIGN}/parties"
    first = "\n".join(f"First label {number}" for number in range(3))
    submit(desk, page, added=first, **WHY)
    later = "\n".join(f"Later label {number} | Maison {number}" for number in range(27))
    done = submit(desk, page, added=later, added_side="complainant", added_from_on="2026-10-18", **WHY)
    assert done.headers["Location"] == page
    assert "since 18 October 2026" in desk.get(page).text
    assert "2026-10-18</span>" not in desk.get(page).text
    text = public(desk)
    assert "31 complainants, 4 from the first letter" in text
    assert "since 18 October 2026" in text
    assert text.index("First label 2") < text.index("Later label 0") < text.index("Later label 26")
    assert "31 plaignants, dont 4 dès la première lettre" in public(desk, f"/fr/c/{SLUG}")
    assert "Maison 26" in public(desk, f"/fr/c/{SLUG}")
    write_down(services)
    assert (count(database, Revision), count(database, Delivery) - mails) == (2, 4), "the donor and alice, twice"
    submit(desk, page, row_0_until_on="2026-10-20", **WHY)
    text = public(desk)
    assert "30 complainants, 3 from the first letter" in text
    assert "A label until 20 October 2026" in text
    assert "The parties have changed" in public(desk, f"/c/{SLUG}/history")


def test_a_wrong_row_keeps_what_was_typed(desk: FlaskClient, database: Database, open_campaign: int) -> None:
    page = f"{CAMPAIGN}/parties"
    for typed, error in (
        ({"row_1_until_on": "soon"}, "such as 2026-11-21"),
        ({"row_1_from_on": "2026-05-02", "row_1_until_on": "2026-05-01"}, "The last day lies before the first."),
        ({"row_1_until_on": "1492-10-12"}, "between the years 1900 and 2200"),
        ({"row_1_en_name": "x" * 300}, "At most 200 characters"),
        ({"added": "y" * 300}, "At most 200 characters"),
        ({"row_0_en_name": "", "row_0_fr_name": ""}, "Nobody is taken off the list"),
    ):
        answer = submit(desk, page, **{**WHY, **typed})
        assert (answer.status_code, error in answer.text) == (422, True), typed
        values = form_to(answer.text, "").values
        assert {name: values.get(name, "") for name in typed} == typed
        assert values["en_reason"] == WHY["en_reason"]
    assert 'id="f-fr_reason-error"' in submit(desk, page, added="Label", en_reason="More.").text
    assert count(database, Revision) == 0


def test_a_double_click_and_an_old_page_change_nothing_more(
    desk: FlaskClient, database: Database, open_campaign: int
) -> None:
    page = f"{CAMPAIGN}/parties"
    old = {**form_to(desk.get(page).text, "").values, **WHY}
    sent = {**old, "row_0_from_on": "2026-10-01"}
    assert [desk.post(page, data=sent).status_code for _ in range(2)] == [303, 303]
    assert desk.post(page, data={**old, "row_0_from_on": "2026-10-02"}).status_code == 409
    assert count(database, Revision) == 1


def test_a_demand_is_dropped_in_public(desk: FlaskClient, open_campaign: int) -> None:
    page = f"{CAMPAIGN}/demands"
    answer = submit(
        desk, page, row_0_until_on="2026-10-20", row_2_en_text="Pay 200,000", row_2_from_on="2026-10-20", **WHY
    )
    assert answer.status_code == 303
    text = public(desk)
    assert "Pay 200,000 since 20 October 2026" in text
    assert "No longer demanded: Close the site until 20 October 2026" in text
    values = {**form_to(desk.get(page).text, "").values, **WHY, "row_4_en_text": "x" * 301}
    assert 'id="f-row_4_en_text-error"' in desk.post(page, data=values).text, "row 3 is empty, rules count 4 rows"


def test_before_launch_lists_need_no_reason(desk: FlaskClient, database: Database) -> None:
    make_draft(database)
    assert "en_reason" not in desk.get(f"{CAMPAIGN}/parties").text
    submit(desk, f"{CAMPAIGN}/parties", row_0_en_name="Other label", row_1_en_name="")
    page = desk.get(f"{CAMPAIGN}/parties").text
    assert "Other label" in page
    assert "The community" not in page
    assert submit(desk, f"{CAMPAIGN}/counsel", **LAVOIE).status_code == 303
    assert submit(desk, "/desk/counsel/1", to="/desk/counsel/1/remove").headers["Location"] == f"{CAMPAIGN}/counsel"
    assert (count(database, Counsel), count(database, Revision)) == (0, 0)


def test_the_long_form_leaves_a_launched_case_alone(desk: FlaskClient, open_campaign: int) -> None:
    submit(desk, f"{CAMPAIGN}/parties", row_0_until_on="2026-10-20", **WHY)
    values = form_to(desk.get(CAMPAIGN).text, "").values
    assert not {"complainants", "respondents", "third_parties", "en_demands"} & set(values)
    answer = desk.post(CAMPAIGN, data={**values, "en_title": "Another title", "complainants": "Nobody"})
    assert answer.status_code == 303
    assert "A label until 20 October 2026" in public(desk)


def test_counsel_is_named_and_replaced(desk: FlaskClient, database: Database, open_campaign: int) -> None:
    page = f"{CAMPAIGN}/counsel"
    assert 'id="f-en_reason-error"' in submit(desk, page, **LAVOIE).text
    for _ in range(2):
        assert submit(desk, page, **LAVOIE, **WHY).status_code == 303
    assert "Me Julien Lavoie, Lavoie, avocats since 1 September 2026" in public(desk)
    overlap = submit(desk, page, **{**LAVOIE, "from_on": "2026-09-05"}, **WHY)
    assert (overlap.status_code, "is on the list for some of these days already" in overlap.text) == (422, True)
    replaced = submit(desk, "/desk/counsel/1/successor", last_on="2026-10-15", **ROY, **WHY)
    assert replaced.headers["Location"] == page
    text = public(desk)
    assert "Me Élise Roy since 16 October 2026" in text
    assert "before: Me Julien Lavoie, Lavoie, avocats from 1 September 2026 until 15 October 2026" in text
    for shown in (text, desk.get(page).text, public(desk, f"/c/{SLUG}/history")):
        assert "jl@bar.example" not in shown
    assert submit(desk, "/desk/counsel/1", consented_on="2026-09-01").status_code == 303
    renamed = submit(desk, "/desk/counsel/1", name="Me Other", **WHY)
    assert (renamed.status_code, 'id="f-name-error"' in renamed.text) == (422, True)
    removed = desk.post(
        "/desk/counsel/1/remove", data={"csrf_token": form_to(desk.get(page).text, "").values["csrf_token"]}
    )
    assert removed.status_code == 409
    assert count(database, Revision) == 2


def test_counsel_changed_by_somebody_else_is_not_lost(
    desk: FlaskClient, database: Database, open_campaign: int
) -> None:
    submit(desk, f"{CAMPAIGN}/counsel", **LAVOIE, **WHY)
    old = form_to(desk.get("/desk/counsel/1").text, "").values
    agreed = {**old, "consented_on": "2026-09-01"}
    assert [desk.post("/desk/counsel/1", data=agreed).status_code for _ in range(2)] == [303, 303]
    answer = desk.post("/desk/counsel/1", data={**old, "email": "other@bar.example"})
    assert (answer.status_code, "Somebody else changed this" in answer.text) == (409, True)
    with database.read() as session:
        assert [str(one.consented_on) for one in session.scalars(select(Counsel))] == ["2026-09-01"]


def test_an_event_from_draft_to_page_and_back(desk: FlaskClient, database: Database, open_campaign: int) -> None:
    new, event, page = f"{CAMPAIGN}/timeline/new", "/desk/timeline/1", f"/c/{SLUG}/timeline"
    for _ in range(2):
        assert send(desk, new, plain_pdf("The order"), **HEARING).headers["Location"] == event
    assert count(database, TimelineEvent) == 1
    assert "Interim motion" not in public(desk, page)
    assert submit(desk, event, to=f"{event}/publish").headers["Location"] == f"{CAMPAIGN}/timeline"
    assert "5 December 2026, 09:30 (Eastern Standard Time) · Hearing Interim motion" in public(desk, page)
    document = re.search(r"/files/[^\"]+", desk.get(page).text)
    assert document is not None
    assert text_of(desk.get(document[0]).data) == ["The order"]
    assert form_to(desk.get(event).text, event).values["at"] == "09:30"
    assert send(desk, event, b"", en_outcome="Refused with costs.").status_code == 303
    assert "Outcome: Refused with costs." in public(desk, page)
    assert send(desk, event, b"", drop_file="1").status_code == 303
    assert desk.get(document[0]).status_code == 404
    submit(desk, event, to=f"{event}/withdraw")
    assert "Interim motion" not in public(desk, page)
    assert "withdrawn" in public(desk, f"{CAMPAIGN}/timeline")


def test_a_wrong_event_keeps_what_was_typed(desk: FlaskClient, database: Database, open_campaign: int) -> None:
    new = f"{CAMPAIGN}/timeline/new"
    for typed, field in (
        ({"day": "5 December"}, "day"),
        ({"day": "1492-10-12"}, "day"),
        ({"at": "noon"}, "at"),
        ({"at": "25:00"}, "at"),
        ({"zone": "Mars"}, "zone"),
        ({"fr_title": ""}, "fr_title"),
        ({"en_title": "x" * 300}, "en_title"),
        ({"kind": "party"}, "kind"),
    ):
        answer = send(desk, new, b"", **{**HEARING, **typed})
        assert (answer.status_code, f'id="f-{field}-error"' in answer.text) == (422, True), typed
        values = form_to(answer.text, "").values
        kept = {name: value for name, value in {**HEARING, **typed}.items() if name not in ("kind", "zone")}
        assert {name: values[name] for name in kept} == kept
    assert count(database, TimelineEvent) == 0


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 a zip", b"%PDF-1.4 cut", b"%PDF-" + b"x" * 11 * 2**20], ids=["zip", "cut", "11 MB"]
)
def test_a_file_that_is_no_pdf_keeps_nothing(
    desk: FlaskClient, database: Database, open_campaign: int, content: bytes
) -> None:
    answer = send(desk, f"{CAMPAIGN}/timeline/new", content, **HEARING)
    assert (answer.status_code, 'id="f-file-error"' in answer.text) == (422, True)
    assert form_to(answer.text, "").values["en_title"] == "Interim motion"
    assert (count(database, TimelineEvent), count(database, StoredFile)) == (0, 0)


def test_elsewhere_a_body_stays_small(desk: FlaskClient, open_campaign: int) -> None:
    values = {**form_to(desk.get(f"{CAMPAIGN}/counsel").text, "").values, "firm": "x" * 300_000}
    assert desk.post(f"{CAMPAIGN}/counsel", data=values).status_code == 413
    huge, kind = b"x" * 25 * 2**20, "multipart/form-data; boundary=x"
    assert desk.post(f"{CAMPAIGN}/timeline/new", data=huge, content_type=kind).status_code == 413


def test_strangers_and_members_may_not_send_much(client: FlaskClient, database: Database, open_campaign: int) -> None:
    large, kind = b"x" * 2**20, "multipart/form-data; boundary=x"
    assert client.post(f"{CAMPAIGN}/timeline/new", data=large, content_type=kind).status_code == 413
    sign_in(client, database, add_member(database, BOB))
    assert client.post(f"{CAMPAIGN}/timeline/new", data=large, content_type=kind).status_code == 413


def test_an_event_changed_by_somebody_else_is_not_lost(desk: FlaskClient, open_campaign: int) -> None:
    send(desk, f"{CAMPAIGN}/timeline/new", b"", **HEARING)
    event = "/desk/timeline/1"
    old = form_to(desk.get(event).text, event).values
    assert desk.post(event, data={**old, "en_title": "First"}).status_code == 303
    answer = desk.post(event, data={**old, "en_title": "Second"})
    assert (answer.status_code, "Somebody else changed this event" in answer.text) == (409, True)
    assert form_to(answer.text, event).values["en_title"] == "Second"
    assert desk.get("/desk/timeline/99").status_code == desk.get("/desk/counsel/99").status_code == 404
