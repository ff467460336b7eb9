from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from fund.campaigns.case_forms import DemandRow, PartyRow
from fund.campaigns.edit_campaign import edit_campaign
from fund.campaigns.models import Campaign, Revision
from fund.campaigns.revise_demands import revise_demands
from fund.campaigns.revise_parties import revise_parties
from fund.db.session import Database
from fund.kit.errors import Refusal
from tests.factories.campaigns import campaign_form, make_campaign, make_draft
from tests.fixtures.databases import sqlite_only

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
WHY = {"en": "They joined.", "fr": "Ils se sont joints."}
COMMUNITY = PartyRow("respondent", {"en": "The community"})
LABELS = [PartyRow("complainant", {"en": f"Label {number}"}) for number in range(4)]
JOINED = [PartyRow("complainant", {"en": f"Label {number}"}, date(2026, 10, 18)) for number in range(4, 31)]


def seen(database: Database, campaign_id: int) -> str:
    with database.read() as session:
        return session.get_one(Campaign, campaign_id).updated_at.isoformat()


def revise(
    database: Database, campaign_id: int, rows: Sequence[PartyRow], *, at: str = "", reason: dict[str, str] = WHY
) -> None:
    at = at or seen(database, campaign_id)
    with database.write() as session:
        revise_parties(session, campaign_id=campaign_id, rows=rows, reason=reason, seen=at, actor="member:1", now=NOW)


def demand(database: Database, campaign_id: int, rows: Sequence[DemandRow], reason: dict[str, str] = WHY) -> None:
    at = seen(database, campaign_id)
    with database.write() as session:
        revise_demands(session, campaign_id=campaign_id, rows=rows, reason=reason, seen=at, actor="member:1", now=NOW)


def parties(database: Database, campaign_id: int) -> list[tuple[str, str, date | None, date | None]]:
    with database.read() as session:
        found = session.get_one(Campaign, campaign_id).parties
        return [(one.side, one.name["en"], one.from_on, one.until_on) for one in found]


def revisions(database: Database) -> list[Revision]:
    with database.read() as session:
        return list(session.scalars(select(Revision).order_by(Revision.number)))


def test_four_complainants_become_thirty_one_in_public(database: Database) -> None:
    campaign_id = make_campaign(database)
    revise(database, campaign_id, [*LABELS, COMMUNITY])
    left = PartyRow("complainant", {"en": "Label 0"}, None, date(2026, 10, 19))
    revise(database, campaign_id, [left, *LABELS[1:], *JOINED, COMMUNITY])
    found = parties(database, campaign_id)
    assert len([side for side, *_ in found if side == "complainant"]) == 31
    assert found[0] == ("complainant", "Label 0", None, date(2026, 10, 19))
    last = revisions(database)[-1]
    assert (last.kind, last.number, last.reason) == ("parties", 2, WHY)
    assert (len(last.before["parties"]), len(last.after["parties"])) == (5, 32)
    assert last.after["parties"][4] == {
        "side": "complainant",
        "name": {"en": "Label 4"},
        "from_on": "2026-10-18",
        "until_on": None,
    }


@sqlite_only
def test_the_same_form_twice_changes_once_and_an_old_form_nothing(database: Database) -> None:
    campaign_id = make_campaign(database)
    old = seen(database, campaign_id)
    revise(database, campaign_id, [*LABELS, COMMUNITY], at=old)
    revise(database, campaign_id, [*LABELS, COMMUNITY], at=old)
    assert len(revisions(database)) == 1
    with pytest.raises(Refusal) as refused:
        revise(database, campaign_id, [*LABELS, *JOINED, COMMUNITY], at=old)
    assert refused.value.status == 409
    assert len(parties(database, campaign_id)) == 5


@sqlite_only
@pytest.mark.parametrize(
    ("field", "row"),
    [
        ("row_1_side", PartyRow("judge", {"en": "x"})),
        ("row_1_en_name", PartyRow("respondent", {"en": "\u202e ", "fr": ""})),
        ("row_1_fr_name", PartyRow("respondent", {"en": "x", "fr": "x" * 201})),
        ("row_1_until_on", PartyRow("respondent", {"en": "x"}, date(2026, 2, 2), date(2026, 2, 1))),
        ("row_1_until_on", PartyRow("respondent", {"en": "x"}, date(1899, 1, 1))),
        ("row_1_until_on", PartyRow("respondent", {"en": "x"}, None, date(2201, 1, 1))),
    ],
)
def test_a_wrong_row_is_refused_at_its_field(database: Database, field: str, row: PartyRow) -> None:
    campaign_id = make_campaign(database)
    before = parties(database, campaign_id)
    with pytest.raises(Refusal) as refused:
        revise(database, campaign_id, [LABELS[0], row])
    assert (refused.value.field, refused.value.status) == (field, 422)
    assert (parties(database, campaign_id), revisions(database)) == (before, [])


@sqlite_only
def test_after_launch_nobody_is_dropped_and_a_reason_is_needed(database: Database) -> None:
    campaign_id = make_campaign(database)
    with pytest.raises(Refusal, match="Nobody is taken off"):
        revise(database, campaign_id, [COMMUNITY])
    with pytest.raises(Refusal) as unexplained:
        revise(database, campaign_id, [*LABELS, COMMUNITY], reason={"en": "More."})
    assert unexplained.value.field == "fr_reason"
    with pytest.raises(Refusal, match="At most 200 lines"):
        revise(database, campaign_id, LABELS * 51)
    assert revisions(database) == []


def test_demands_come_and_are_dropped_by_day(database: Database) -> None:
    campaign_id = make_campaign(database)
    rows = [
        DemandRow({"en": "Close the site", "fr": "Fermer le site"}, None, date(2026, 10, 19)),
        DemandRow({"en": "Pay \u202e200,000"}, date(2026, 10, 18)),
    ]
    demand(database, campaign_id, rows)
    with database.read() as session:
        kept = [(one.text, one.from_on, one.until_on) for one in session.get_one(Campaign, campaign_id).demands]
    assert kept == [
        ({"en": "Close the site", "fr": "Fermer le site"}, None, date(2026, 10, 19)),
        ({"en": "Pay 200,000"}, date(2026, 10, 18), None),
    ]
    assert [one.kind for one in revisions(database)] == ["demands"]
    with pytest.raises(Refusal, match="No demand is taken off"):
        demand(database, campaign_id, rows[:1])
    with pytest.raises(Refusal) as long:
        demand(database, campaign_id, [*rows, DemandRow({"fr": "x" * 301})])
    assert long.value.field == "row_2_fr_text"


@sqlite_only
def test_the_long_form_of_a_draft_leaves_days_alone(database: Database) -> None:
    campaign_id = make_draft(database)
    rows = [PartyRow("complainant", {"en": "A label"}, date(2026, 3, 1)), COMMUNITY]
    revise(database, campaign_id, rows, reason={})
    with database.write() as session:
        edit_campaign(session, campaign_id=campaign_id, form=campaign_form(), actor="member:1", now=NOW)
    assert parties(database, campaign_id)[0] == ("complainant", "A label", date(2026, 3, 1), None)
