from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from fund.audit.models import AuditEntry
from fund.campaigns.add_counsel import add_counsel
from fund.campaigns.case_forms import CounselForm
from fund.campaigns.edit_counsel import edit_counsel
from fund.campaigns.models import Counsel, Revision
from fund.campaigns.queries_of_case import campaign_counsel
from fund.campaigns.remove_counsel import remove_counsel
from fund.campaigns.succeed_counsel import succeed_counsel
from fund.db.session import Database
from fund.kit.errors import Refusal
from tests.factories.campaigns import make_campaign, make_draft
from tests.fixtures.databases import sqlite_only

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
WHY = {"en": "He fell ill.", "fr": "Il est tombé malade."}
LAVOIE = CounselForm("Me Julien Lavoie", date(2026, 9, 1), firm="Lavoie, avocats", email="lavoie@bar.example")
ROY = CounselForm("Me Élise Roy", date(2026, 11, 2), consented_on=date(2026, 10, 19))


def add(database: Database, campaign_id: int, form: CounselForm = LAVOIE, reason: dict[str, str] = WHY) -> int:
    with database.write() as session:
        return add_counsel(session, campaign_id=campaign_id, form=form, reason=reason, actor="member:1", now=NOW).id


def edit(database: Database, counsel_id: int, form: CounselForm, reason: dict[str, str] = WHY) -> None:
    with database.write() as session:
        edit_counsel(session, counsel_id=counsel_id, form=form, reason=reason, actor="member:1", now=NOW)


def succeed(database: Database, counsel_id: int, last_on: date, form: CounselForm = ROY) -> int:
    with database.write() as session:
        return succeed_counsel(
            session, counsel_id=counsel_id, last_on=last_on, form=form, reason=WHY, actor="member:1", now=NOW
        ).id


def listed(database: Database, campaign_id: int) -> list[tuple[str, str, date, date | None]]:
    with database.read() as session:
        return [(one.key, one.name, one.from_on, one.until_on) for one in campaign_counsel(session, campaign_id)]


def revisions(database: Database) -> list[Revision]:
    with database.read() as session:
        return list(session.scalars(select(Revision).order_by(Revision.number)))


def test_counsel_falls_ill_and_is_replaced_in_public(database: Database) -> None:
    campaign_id = make_campaign(database)
    first = add(database, campaign_id)
    succeed(database, first, date(2026, 10, 15))
    assert listed(database, campaign_id) == [
        ("me-julien-lavoie", "Me Julien Lavoie", date(2026, 9, 1), date(2026, 10, 15)),
        ("me-elise-roy", "Me Élise Roy", date(2026, 11, 2), None),
    ]
    added, replaced = revisions(database)
    assert (added.kind, added.before, replaced.reason) == ("counsel", {"counsel": []}, WHY)
    assert replaced.before == added.after
    assert [(one["name"], one["until_on"]) for one in replaced.after["counsel"]] == [
        ("Me Julien Lavoie", "2026-10-15"),
        ("Me Élise Roy", None),
    ]


def test_the_address_is_kept_encrypted_and_told_to_nobody(database: Database) -> None:
    campaign_id = make_campaign(database)
    counsel_id = add(database, campaign_id)
    edit(database, counsel_id, replace(LAVOIE, email="new@bar.example"))
    with database.read() as session:
        assert session.get_one(Counsel, counsel_id).email == "new@bar.example"
        stored = str(session.execute(text("SELECT email FROM counsel")).scalar_one())
        said = [f"{entry.before} {entry.after}" for entry in session.scalars(select(AuditEntry))]
    kept = [stored, *said, *(f"{one.before} {one.after}" for one in revisions(database))]
    assert [words for words in kept if "bar.example" in words] == []
    assert len(revisions(database)) == 1


@sqlite_only
def test_before_launch_a_list_is_simply_edited(database: Database) -> None:
    campaign_id = make_draft(database)
    counsel_id = add(database, campaign_id, reason={})
    edit(database, counsel_id, replace(LAVOIE, name="Me Julie Lavoie"), reason={})
    assert listed(database, campaign_id)[0][:2] == ("me-julien-lavoie", "Me Julie Lavoie")
    with database.write() as session:
        remove_counsel(session, counsel_id=counsel_id, actor="member:1", now=NOW)
    assert (listed(database, campaign_id), revisions(database)) == ([], [])


@sqlite_only
def test_one_person_acts_once_at_a_time_and_may_come_back(database: Database) -> None:
    campaign_id = make_campaign(database)
    add(database, campaign_id, replace(LAVOIE, until_on=date(2026, 10, 1)))
    for first, last in [
        (date(2026, 10, 1), None),
        (date(2026, 8, 1), None),
        (date(2026, 8, 1), date(2026, 9, 1)),
        (date(2026, 9, 5), date(2026, 9, 6)),
    ]:
        with pytest.raises(Refusal) as refused:
            add(database, campaign_id, replace(LAVOIE, name="me  JULIEN lavoie", from_on=first, until_on=last))
        assert refused.value.field == "from_on"
    add(database, campaign_id, replace(LAVOIE, from_on=date(2026, 12, 1)))
    add(database, campaign_id, replace(ROY, from_on=date(2026, 9, 5)))
    assert [key for key, *_ in listed(database, campaign_id)] == [
        "me-julien-lavoie",
        "me-elise-roy",
        "me-julien-lavoie-2",
    ]


@sqlite_only
def test_the_same_form_twice_is_one_change(database: Database) -> None:
    campaign_id = make_campaign(database)
    first = add(database, campaign_id)
    assert add(database, campaign_id) == first
    second = succeed(database, first, date(2026, 10, 15))
    assert succeed(database, first, date(2026, 10, 15)) == second
    edit(database, second, ROY)
    assert (len(listed(database, campaign_id)), len(revisions(database))) == (2, 2)


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("name", {"name": " \u200e "}),
    ("name", {"name": "x" * 141}),
    ("firm", {"firm": "x" * 141}),
    ("email", {"email": "nobody"}),
    ("email", {"email": "a@b.example\r\nBcc: c@d.example"}),
    ("from_on", {"from_on": date(1899, 12, 31)}),
    ("from_on", {"from_on": date(2201, 1, 1)}),
    ("until_on", {"until_on": date(2026, 8, 31)}),
    ("until_on", {"until_on": date(9999, 12, 31)}),
    ("consented_on", {"consented_on": date(2026, 10, 21)}),
]


@sqlite_only
@pytest.mark.parametrize(("field", "change"), WRONG)
def test_a_wrong_form_is_refused_at_its_field(database: Database, field: str, change: dict[str, Any]) -> None:
    campaign_id = make_campaign(database)
    with pytest.raises(Refusal) as refused:
        add(database, campaign_id, replace(LAVOIE, **change))
    assert (refused.value.field, refused.value.status) == (field, 422)
    assert (listed(database, campaign_id), revisions(database)) == ([], [])


@sqlite_only
def test_after_launch_nobody_is_renamed_removed_or_replaced_without_a_reason(database: Database) -> None:
    campaign_id = make_campaign(database)
    counsel_id = add(database, campaign_id)
    with pytest.raises(Refusal) as renamed:
        edit(database, counsel_id, replace(LAVOIE, name="Somebody Else"))
    with pytest.raises(Refusal) as unexplained:
        edit(database, counsel_id, replace(LAVOIE, until_on=date(2026, 10, 1)), reason={"en": "Ill.", "fr": " "})
    with pytest.raises(Refusal) as himself:
        succeed(database, counsel_id, date(2026, 10, 15), replace(LAVOIE, from_on=date(2026, 10, 16)))
    with pytest.raises(Refusal) as backwards:
        succeed(database, counsel_id, date(2026, 8, 15))
    with database.write() as session, pytest.raises(Refusal) as removed:
        remove_counsel(session, counsel_id=counsel_id, actor="member:1", now=NOW)
    fields = [one.value.field for one in (renamed, unexplained, himself, backwards)]
    assert fields == ["name", "fr_reason", "name", "last_on"]
    assert removed.value.status == 409
    assert listed(database, campaign_id)[0][3] is None


@sqlite_only
def test_what_is_not_there_is_not_found(database: Database) -> None:
    for use_case in (
        lambda: add(database, 99),
        lambda: edit(database, 99, LAVOIE),
        lambda: succeed(database, 99, date(2026, 10, 15)),
    ):
        with pytest.raises(Refusal) as refused:
            use_case()
        assert refused.value.status == 404
