from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import event

from fund.campaigns.add_counsel import add_counsel
from fund.campaigns.case_forms import CounselForm, DemandRow, EventForm, PartyRow
from fund.campaigns.draft_event import draft_event
from fund.campaigns.models import Campaign
from fund.campaigns.publish_event import publish_event
from fund.campaigns.read_case import Case, CounselIn, DemandIn, EventIn, PartyIn, read_case
from fund.campaigns.revise_demands import revise_demands
from fund.campaigns.revise_parties import revise_parties
from fund.db.session import Database
from tests.factories.campaigns import make_draft

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
LETTER = EventForm("letter", date(2026, 10, 2), {"en": "A letter", "fr": "Une lettre"})
MORNING = replace(LETTER, kind="hearing", day=date(2026, 12, 5), at=time(9), zone="America/Toronto")
NOON = replace(MORNING, at=time(12), outcome={"en": "Put off."})


def publish(database: Database, campaign_id: int, form: EventForm) -> int:
    with database.write() as session:
        session.get_one(Campaign, campaign_id).status = "open"
        event_id = draft_event(session, campaign_id=campaign_id, form=form, actor="a", now=NOW).id
        return publish_event(session, event_id=event_id, actor="a", now=NOW).id


def test_nothing_is_an_empty_case(database: Database) -> None:
    campaign_id = make_draft(database, parties=(), demands=())
    with database.read() as session:
        assert read_case(session, campaign_id) == Case([], [], [], [])


def test_everything_in_its_order_and_in_one_statement(database: Database) -> None:
    make_draft(database, slug="other")
    campaign_id = make_draft(database)
    with database.write() as session:
        seen = session.get_one(Campaign, campaign_id).updated_at.isoformat()
        rows = [PartyRow("respondent", {"en": "We"}, None, date(2026, 10, 3)), PartyRow("complainant", {"fr": "Eux"})]
        demands = [DemandRow({"en": "Close"}), DemandRow({"en": "Pay"}, date(2026, 10, 18))]
        about: dict[str, Any] = {"reason": {}, "actor": "a", "now": NOW}
        revise_parties(session, campaign_id=campaign_id, rows=rows, seen=seen, **about)
        revise_demands(session, campaign_id=campaign_id, rows=demands, seen=NOW.isoformat(), **about)
        for form in (CounselForm("Second", date(2026, 10, 2)), CounselForm("First", date(2026, 9, 1), firm="F")):
            add_counsel(session, campaign_id=campaign_id, form=form, **about)
        draft_event(session, campaign_id=campaign_id, form=replace(LETTER, kind="order"), actor="a", now=NOW)
    noon, morning, letter = (publish(database, campaign_id, form) for form in (NOON, MORNING, LETTER))
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    with database.read() as session:
        case = read_case(session, campaign_id)
    assert len([one for one in statements if one.startswith("SELECT")]) == 1
    assert case.parties == [
        PartyIn("respondent", {"en": "We"}, None, date(2026, 10, 3)),
        PartyIn("complainant", {"fr": "Eux"}, None, None),
    ]
    assert case.demands == [DemandIn({"en": "Close"}, None, None), DemandIn({"en": "Pay"}, date(2026, 10, 18), None)]
    assert case.counsel == [
        CounselIn("First", "F", date(2026, 9, 1), None),
        CounselIn("Second", "", date(2026, 10, 2), None),
    ]
    title, day = LETTER.title, date(2026, 12, 5)
    assert case.events == [
        EventIn(letter, "letter", "UTC", title, {}, date(2026, 10, 2), None),
        EventIn(morning, "hearing", "America/Toronto", title, {}, day, datetime(2026, 12, 5, 14, tzinfo=UTC)),
        EventIn(noon, "hearing", "America/Toronto", title, NOON.outcome, day, datetime(2026, 12, 5, 17, tzinfo=UTC)),
    ]
