import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import time_machine
from flask.testing import FlaskClient
from icalendar import Calendar

from fund.campaigns.attach_document import attach_document
from fund.campaigns.case_forms import EventForm
from fund.campaigns.draft_event import draft_event
from fund.campaigns.edit_event import edit_event
from fund.campaigns.publish_event import publish_event
from fund.campaigns.withdraw_event import withdraw_event
from fund.db.session import Database
from tests.factories.campaigns import SLUG, make_campaign
from tests.fixtures.databases import sqlite_only
from tests.fund.files.pdfs import plain_pdf, text_of

pytestmark = sqlite_only
PAGE = f"/c/{SLUG}/timeline"
ATOM = "{http://www.w3.org/2005/Atom}"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG = "« Une très longue phrase, avec des accents é è à, qui ne tient pas en une ligne » ; deux, virgules\n" * 3
LETTER = EventForm(
    kind="letter",
    day=date(2026, 10, 2),
    title={"en": "Four letters, one address", "fr": "Quatre mises en demeure"},
    text={"en": "They *ask* us to close.\n\n<script>x</script>", "fr": LONG},
)
HEARING = EventForm(
    kind="hearing",
    day=date(2026, 12, 5),
    at=time(9, 30),
    zone="America/Toronto",
    title={"en": "Interim motion", "fr": "Requête interlocutoire"},
    court={"en": "Superior Court", "fr": "Cour supérieure"},
    file_number="500-17-1",
)


def publish(database: Database, campaign_id: int, form: EventForm, *, pdf: bytes = b"") -> int:
    with database.write() as session:
        event = draft_event(session, campaign_id=campaign_id, form=form, actor="member:1", now=NOW)
        if pdf:
            attach_document(session, event_id=event.id, content=pdf, name="Lettre.pdf", actor="member:1", now=NOW)
        return publish_event(session, event_id=event.id, actor="member:1", now=NOW).id


@pytest.fixture
def campaign_id(database: Database) -> int:
    return make_campaign(database)


@time_machine.travel(NOW, tick=False)
def test_past_and_coming_stand_apart_in_both_languages(
    client: FlaskClient, database: Database, campaign_id: int
) -> None:
    publish(database, campaign_id, LETTER, pdf=plain_pdf("The letter"))
    publish(database, campaign_id, HEARING)
    page = client.get(PAGE).text
    assert page.index("To come") < page.index("Interim motion") < page.index("What has happened")
    assert page.index("What has happened") < page.index("Four letters, one address")
    assert "5 December 2026, 09:30 (Eastern Standard Time)" in page
    assert "Superior Court</span>, file 500-17-1" in page
    assert "They <em>ask</em> us to close." in page
    assert "<script" not in page
    document = re.search(r'href="(/files/[^"]+/Lettre\.pdf)"', page)
    assert document is not None
    assert text_of(client.get(document[1]).data) == ["The letter"]
    french = client.get(f"/fr{PAGE}").text
    assert "5 décembre 2026, 09:30 (heure normale de l’Est nord-américain)" in french
    assert "Requête interlocutoire" in french
    front = client.get(f"/c/{SLUG}").text
    assert front.index("The case so far") < front.index("Interim motion") < front.index("Four letters, one address")


@pytest.mark.parametrize(
    ("form", "is_coming"),
    [
        (replace(HEARING, at=None), True),
        (replace(HEARING, at=None, outcome={"en": "Refused.", "fr": "Refusée."}), False),
        (replace(LETTER, kind="settlement"), False),
    ],
    ids=["hearing", "hearing with its outcome", "settlement"],
)
@time_machine.travel(NOW, tick=False)
def test_of_what_is_dated_today_only_a_hearing_is_still_to_come(
    client: FlaskClient, database: Database, campaign_id: int, form: EventForm, *, is_coming: bool
) -> None:
    publish(database, campaign_id, replace(form, day=NOW.date()))
    for page in (PAGE, f"/c/{SLUG}"):
        assert ("To come" in client.get(page).text) is is_coming


def test_a_hearing_moves_from_coming_to_past_by_itself(
    client: FlaskClient, database: Database, campaign_id: int
) -> None:
    publish(database, campaign_id, HEARING)
    publish(database, campaign_id, replace(LETTER, kind="hearing", day=date(2026, 12, 6)))
    seen = []
    for moment in ("2026-12-05T14:29:00Z", "2026-12-05T14:31:00Z", "2026-12-06T23:59:00Z", "2026-12-07T00:01:00Z"):
        with time_machine.travel(moment, tick=False):
            page = client.get(f"{PAGE}?past=the-cache").text
            coming = page.partition("What has happened")[0]
            seen.append(("Interim motion" in coming, "Four letters" in coming))
    assert seen == [(True, True), (False, True), (False, True), (False, False)]


def test_nothing_yet_says_so(client: FlaskClient, campaign_id: int) -> None:
    assert "Nothing is on record yet." in client.get(PAGE).text
    assert "The case so far" not in client.get(f"/c/{SLUG}").text
    assert list(Calendar.from_ical(client.get(f"{PAGE}.ics").data).walk("VEVENT")) == []
    assert feed_of(client, f"{PAGE}.atom").findall(f"{ATOM}entry") == []


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}.ics", f"{PAGE}.atom"])
def test_what_is_withdrawn_leaves_no_trace(
    client: FlaskClient, database: Database, campaign_id: int, path: str
) -> None:
    event_id = publish(database, campaign_id, LETTER, pdf=plain_pdf())
    assert b"Four letters" in client.get(path).data
    with database.write() as session:
        withdraw_event(session, event_id=event_id, actor="member:1", now=NOW)
    assert b"Four letters" not in client.get(path).data
    assert client.get("/c/nothing/timeline").status_code == 404


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_a_calendar_reads_it(client: FlaskClient, database: Database, campaign_id: int, locale: str) -> None:
    publish(database, campaign_id, LETTER, pdf=plain_pdf())
    event_id = publish(database, campaign_id, HEARING)
    answer = client.get(f"/fr{PAGE}.ics" if locale == "fr" else f"{PAGE}.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert max(len(line) for line in answer.data.split(b"\r\n")) <= 75
    assert answer.data.count(b"\n") == answer.data.count(b"\r\n")
    calendar = Calendar.from_ical(answer.data)
    assert calendar.errors == []
    letter: Any
    hearing: Any
    letter, hearing = calendar.walk("VEVENT")
    assert letter["SUMMARY"] == LETTER.title[locale]
    assert letter["SUMMARY"].params["LANGUAGE"] == locale
    assert letter["DESCRIPTION"].strip() == LETTER.text[locale].strip()
    assert (letter.start, letter.end) == (date(2026, 10, 2), date(2026, 10, 3))
    assert letter["ATTACH"].endswith("/Lettre.pdf")
    assert client.get(letter["ATTACH"].removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert hearing["DTSTART"].dt == datetime(2026, 12, 5, 14, 30, tzinfo=UTC)
    assert hearing["LOCATION"] == f"{HEARING.court[locale]}, 500-17-1"
    assert hearing["UID"] == f"timeline-{event_id}@127.0.0.1"
    assert hearing["URL"].endswith(f"/timeline#e{event_id}")
    assert hearing["SEQUENCE"] == 0


def test_a_change_reaches_calendars_that_have_it(client: FlaskClient, database: Database, campaign_id: int) -> None:
    event_id = publish(database, campaign_id, HEARING)
    first = client.get(f"{PAGE}.ics")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"{PAGE}.ics", headers=tag).status_code == 304
    later = NOW + timedelta(days=2)
    moved = replace(HEARING, day=date(2027, 1, 12))
    with database.write() as session:
        edit_event(session, event_id=event_id, form=moved, actor="member:1", now=later)
    before: Any
    after: Any
    (before,), (after,) = (
        Calendar.from_ical(answer.data).walk("VEVENT") for answer in (first, client.get(f"{PAGE}.ics", headers=tag))
    )
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt == after["DTSTAMP"].dt == later
    assert after["DTSTART"].dt == datetime(2027, 1, 12, 14, 30, tzinfo=UTC)


def feed_of(client: FlaskClient, path: str) -> ET.Element:
    return ET.fromstring(client.get(path).data)  # noqa: S314  our own


def test_the_feed_tells_what_was_put_on_record(client: FlaskClient, database: Database, campaign_id: int) -> None:
    event_id = publish(database, campaign_id, HEARING)
    feed = feed_of(client, f"/fr{PAGE}.atom")
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "5 décembre 2026, Audience : Requête interlocutoire"
    assert entry.findtext(f"{ATOM}id", "").endswith(f"/fr{PAGE}#e{event_id}")
    assert (entry.findtext(f"{ATOM}updated"), feed.findtext(f"{ATOM}updated")) == ("2026-11-20T12:00:00Z",) * 2
    assert f'{PAGE}.atom"' in client.get(f"/c/{SLUG}").text
