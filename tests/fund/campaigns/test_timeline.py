from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.campaigns.attach_document import attach_document
from fund.campaigns.case_forms import EventForm
from fund.campaigns.detach_document import detach_document
from fund.campaigns.draft_event import draft_event
from fund.campaigns.edit_event import edit_event
from fund.campaigns.models import TimelineEvent
from fund.campaigns.publish_event import publish_event
from fund.campaigns.queries_of_case import campaign_events, published_events
from fund.campaigns.withdraw_event import withdraw_event
from fund.db.models import PageVersion
from fund.db.session import Database
from fund.files.queries import file_to_show
from fund.kit.errors import Refusal
from tests.factories.campaigns import make_campaign, make_draft
from tests.fixtures.databases import sqlite_only
from tests.fund.files.pdfs import plain_pdf

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HEARING = EventForm(
    kind="hearing",
    day=date(2026, 12, 5),
    at=time(9, 30),
    zone="America/Toronto",
    title={"en": "Interim motion", "fr": "Requête interlocutoire"},
    court={"en": "Superior Court", "fr": "Cour supérieure"},
    file_number="500-17-000000-001",
)


def draft(database: Database, campaign_id: int, form: EventForm = HEARING) -> int:
    with database.write() as session:
        return draft_event(session, campaign_id=campaign_id, form=form, actor="member:1", now=NOW).id


def act(database: Database, use_case: Any, event_id: int, **more: Any) -> None:
    with database.write() as session:
        use_case(session, event_id=event_id, actor="member:1", now=LATER, **more)


def shown(database: Database, campaign_id: int) -> list[TimelineEvent]:
    with database.read() as session:
        return published_events(session, campaign_id)


def version(database: Database, campaign_id: int) -> int:
    with database.read() as session:
        return session.get_one(PageVersion, campaign_id).version


def test_from_draft_to_page_to_withdrawn(database: Database) -> None:
    campaign_id = make_campaign(database)
    event_id = draft(database, campaign_id)
    assert shown(database, campaign_id) == []
    act(database, publish_event, event_id)
    act(database, publish_event, event_id)
    (event,) = shown(database, campaign_id)
    assert (event.happens_on, event.happens_at) == (date(2026, 12, 5), datetime(2026, 12, 5, 14, 30, tzinfo=UTC))
    assert (event.published_at, event.title["fr"]) == (LATER, "Requête interlocutoire")
    act(database, withdraw_event, event_id)
    act(database, withdraw_event, event_id)
    assert shown(database, campaign_id) == []
    with database.read() as session:
        actions = [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
        assert [event.state for event in campaign_events(session, campaign_id)] == ["withdrawn"]
    assert actions[-3:] == ["draft_event", "publish_event", "withdraw_event"]


@sqlite_only
def test_every_change_that_shows_makes_kept_pages_old(database: Database) -> None:
    campaign_id = make_campaign(database)
    event_id = draft(database, campaign_id)
    quiet = version(database, campaign_id)
    act(database, edit_event, event_id, form=replace(HEARING, kind="order"))
    assert version(database, campaign_id) == quiet
    seen = []
    steps: list[tuple[Any, dict[str, Any]]] = [
        (publish_event, {}),
        (edit_event, {"form": replace(HEARING, outcome={"en": "Refused."})}),
        (attach_document, {"content": plain_pdf(), "name": "order.pdf"}),
        (detach_document, {}),
        (withdraw_event, {}),
    ]
    for use_case, more in steps:
        act(database, use_case, event_id, **more)
        seen.append(version(database, campaign_id))
    assert [quiet, *seen] == sorted({quiet, *seen})
    act(database, edit_event, event_id, form=replace(HEARING, kind="other"))
    assert version(database, campaign_id) == seen[-1]


@sqlite_only
def test_the_same_draft_twice_is_one_and_an_old_form_changes_nothing(database: Database) -> None:
    campaign_id = make_campaign(database)
    event_id = draft(database, campaign_id)
    assert draft(database, campaign_id) == event_id
    act(database, edit_event, event_id, form=replace(HEARING, at=None), seen=NOW)
    with pytest.raises(Refusal) as refused:
        act(database, edit_event, event_id, form=replace(HEARING, kind="order"), seen=NOW)
    assert refused.value.status == 409
    act(database, edit_event, event_id, form=replace(HEARING, at=None), seen=NOW)
    with database.read() as session:
        (event,) = campaign_events(session, campaign_id)
    assert (event.kind, event.happens_at, event.happens_on) == ("hearing", None, date(2026, 12, 5))


def test_a_document_is_public_as_long_as_its_event(database: Database) -> None:
    campaign_id = make_campaign(database)
    event_id = draft(database, campaign_id)
    act(database, attach_document, event_id, content=plain_pdf("First"), name="Ordonnance.pdf")
    first = file_of(database, event_id)
    assert not is_public(database, first)
    act(database, publish_event, event_id)
    assert is_public(database, first)
    act(database, attach_document, event_id, content=plain_pdf("Second"), name="Order.pdf")
    second = file_of(database, event_id)
    assert (is_public(database, first), is_public(database, second)) == (False, True)
    act(database, withdraw_event, event_id)
    assert not is_public(database, second)
    act(database, publish_event, event_id)
    act(database, detach_document, event_id)
    assert not is_public(database, second)
    with pytest.raises(Refusal) as refused:
        act(database, attach_document, event_id, content=b"PK\x03\x04", name="x.pdf")
    assert refused.value.field == "file"


def file_of(database: Database, event_id: int) -> str:
    with database.read() as session:
        return str(session.get_one(TimelineEvent, event_id).file_id)


def is_public(database: Database, file_id: str) -> bool:
    with database.read() as session:
        return file_to_show(session, file_id) is not None


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("kind", {"kind": "party"}),
    ("day", {"day": date(1899, 12, 31)}),
    ("day", {"day": date(2201, 1, 1)}),
    ("zone", {"zone": "Mars/Olympus"}),
    ("zone", {"zone": "../etc/passwd"}),
    ("en_title", {"title": {}}),
    ("fr_title", {"title": {"en": "Only English"}}),
    ("fr_title", {"title": {"en": "x", "fr": "\u202e\u200b"}}),
    ("en_title", {"title": {"en": "x" * 300, "fr": "x"}}),
    ("en_text", {"text": {"en": "x" * 10_001}}),
    ("fr_court", {"court": {"fr": "x" * 141}}),
    ("file_number", {"file_number": "x" * 81}),
    ("en_outcome", {"outcome": {"en": "x" * 601}}),
]


@sqlite_only
@pytest.mark.parametrize(("field", "change"), WRONG)
def test_a_wrong_form_is_refused_at_its_field(database: Database, field: str, change: dict[str, Any]) -> None:
    campaign_id = make_campaign(database)
    with pytest.raises(Refusal) as refused:
        draft(database, campaign_id, replace(HEARING, **change))
    assert (refused.value.field, refused.value.status) == (field, 422)
    with database.read() as session:
        assert campaign_events(session, campaign_id) == []


@sqlite_only
def test_what_nobody_can_see_is_left_out_of_titles(database: Database) -> None:
    campaign_id = make_campaign(database)
    odd = {"en": "An \u202eorder\x00\n of\u200b today", "fr": "Ordre"}
    draft(database, campaign_id, replace(HEARING, title=odd))
    with database.read() as session:
        assert campaign_events(session, campaign_id)[0].title["en"] == "An order of today"


@sqlite_only
def test_a_draft_campaign_publishes_nothing(database: Database) -> None:
    campaign_id = make_draft(database)
    event_id = draft(database, campaign_id)
    with pytest.raises(Refusal) as refused:
        act(database, publish_event, event_id)
    assert refused.value.status == 409


@sqlite_only
def test_what_is_not_there_is_not_found(database: Database) -> None:
    for use_case, more in (
        (publish_event, {}),
        (withdraw_event, {}),
        (detach_document, {}),
        (edit_event, {"form": HEARING}),
        (attach_document, {"content": b"x", "name": "x"}),
    ):
        with pytest.raises(Refusal) as refused:
            act(database, use_case, 99, **more)
        assert refused.value.status == 404
    with pytest.raises(Refusal) as refused:
        draft(database, 99)
    assert refused.value.status == 404
