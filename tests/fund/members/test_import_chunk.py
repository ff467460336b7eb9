from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from fund.db.session import Database
from fund.db.types import address_index
from fund.kit.errors import Refusal
from fund.mail.models import Delivery, Suppression
from fund.members.delete_member import delete_member
from fund.members.import_chunk import import_chunk
from fund.members.imports import counts_of_refusals, find_import, imports_nobody_is_at, refusals
from fund.members.keep_list import keep_list
from fund.members.models import ImportChunk, Member, MemberImport
from fund.members.queries import member_by_address
from fund.members.read_list import read_list
from fund.members.report_of_import import report_of_import
from fund.members.start_import import start_import
from fund.members.steer_import import steer_import
from tests.factories.member_lists import member_list
from tests.fixtures.databases import sqlite_only
from tests.people import BOB, CAROL, add_member

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
THEN = datetime(2026, 1, 2, tzinfo=UTC)


def keep(database: Database, data: bytes) -> int:
    return keep_list(
        database, read_list(data), file_name="list.csv", file_sha256="0" * 64, locale="fr", actor="command", now=NOW
    )


def start(database: Database, import_id: int) -> None:
    with database.write() as session:
        start_import(
            session,
            None,
            import_id=import_id,
            consent_text="I agree.",
            consent_source="the forum",
            consent_on=THEN,
            locale="fr",
            actor="command",
            now=NOW,
        )


def chunk(database: Database, import_id: int) -> bool:
    with database.write() as session:
        return import_chunk(session, import_id=import_id, now=NOW)


def run(database: Database, data: bytes) -> MemberImport:
    import_id = keep(database, data)
    start(database, import_id)
    while chunk(database, import_id):
        pass
    return state(database, import_id)


def state(database: Database, import_id: int) -> MemberImport:
    with database.read() as session:
        return find_import(session, import_id)


def figures(found: MemberImport) -> tuple[int, int, int, int]:
    return found.added, found.known, found.refused, found.suppressed


def member(database: Database, address: str) -> Member | None:
    with database.read() as session:
        return member_by_address(session, address)


def test_everybody_once_with_the_consent_that_they_gave(database: Database) -> None:
    made = member_list(700, 40)
    found = run(database, made.data)
    assert (found.state, found.rows_done, *figures(found)) == ("done", 700, made.good, 0, made.bad, 0)
    with database.read() as session:
        assert counts_of_refusals(session, found.id) == made.refused
        assert session.scalar(select(func.count()).select_from(ImportChunk)) == 0
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0
    dated, undated = member(database, "membre4@club.example"), member(database, "membre7@club.example")
    assert dated is not None
    assert undated is not None
    assert (dated.consent_source, dated.consent_at, dated.locale) == (
        "the forum",
        datetime(2025, 11, 3, tzinfo=UTC),
        "fr",
    )
    assert (undated.consent_at, undated.password_hash, undated.import_id) == (THEN, "", found.id)
    again = run(database, made.data)
    assert figures(again)[:2] == (0, made.good + made.refused["twice"])
    assert found.forecast["added"] == made.good


def test_the_forecast_says_what_comes_of_it(database: Database) -> None:
    add_member(database, BOB)
    found = run(database, f"{BOB.address.upper()}\nnew@x.example\nNEW@x.example\nnobody".encode())
    assert found.forecast == {
        "rows": 4,
        "added": 1,
        "known": 1,
        "suppressed": 0,
        "refused": {"twice": 1, "no_address": 1},
    }
    assert figures(found) == (1, 1, 2, 0)


def test_no_list_undoes_what_a_person_chose(database: Database) -> None:
    add_member(database, BOB)
    carol = add_member(database, CAROL)
    with database.write() as session:
        session.execute(
            update(Member).where(Member.address_index == address_index(BOB.address)).values(wants_updates=False)
        )
        session.add(
            Suppression(address_index=address_index("silent@x.example"), reason="complained", source="", since=THEN)
        )
        delete_member(session, member_id=carol, now=NOW)
    found = run(database, f"{BOB.address}\n{CAROL.address}\nsilent@x.example".encode())
    assert figures(found) == (1, 1, 1, 1)
    with database.read() as session:
        assert counts_of_refusals(session, found.id) == {"gone": 1}
        assert session.scalars(select(Suppression.reason)).all() == ["complained"]
    bob = member(database, BOB.address)
    assert bob is not None
    assert bob.wants_updates is False
    assert member(database, CAROL.address) is None
    assert member(database, "silent@x.example") is not None


def test_killed_between_two_chunks_or_within_one_it_goes_on(database: Database) -> None:
    import_id = keep(database, member_list(600, 0).data)
    start(database, import_id)
    assert chunk(database, import_id)
    with pytest.raises(ZeroDivisionError):
        die_in_a_chunk(database, import_id)
    assert (state(database, import_id).rows_done, state(database, import_id).added) == (250, 250)
    while chunk(database, import_id):
        pass
    assert figures(state(database, import_id)) == (600, 0, 0, 0)


def die_in_a_chunk(database: Database, import_id: int) -> None:
    with database.write() as session:
        import_chunk(session, import_id=import_id, now=NOW)
        raise ZeroDivisionError


def test_paused_it_waits_and_cancelled_it_forgets_its_rows(database: Database) -> None:
    import_id = keep(database, member_list(600, 0).data)
    with pytest.raises(Refusal):
        start_without_consent(database, import_id)
    start(database, import_id)
    chunk(database, import_id)
    steer(database, import_id, "pause")
    assert chunk(database, import_id) is False
    assert state(database, import_id).rows_done == 250
    steer(database, import_id, "continue")
    assert chunk(database, import_id)
    steer(database, import_id, "cancel")
    steer(database, import_id, "cancel")
    assert chunk(database, import_id) is False
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ImportChunk)) == 0
        assert session.scalar(select(func.count()).select_from(Member)) == 500
        assert imports_nobody_is_at(session, older_than=NOW - THEN, now=NOW) == []
    with pytest.raises(Refusal):
        steer(database, import_id, "continue")


def steer(database: Database, import_id: int, act: str) -> None:
    with database.write() as session:
        steer_import(session, None, import_id=import_id, act=act, actor="command", now=NOW)


def start_without_consent(database: Database, import_id: int) -> None:
    with database.write() as session:
        start_import(
            session,
            None,
            import_id=import_id,
            consent_text=" \n",
            consent_source="the forum",
            consent_on=THEN,
            locale="fr",
            actor="command",
            now=NOW,
        )


@sqlite_only
def test_the_report_holds_no_formula_and_stays_one_line_a_row(database: Database) -> None:
    found = run(database, b'a@x.example\n=1+1\n+2@\n" @evil\nb"\nok@x.example')
    with database.read() as session:
        lines = list(report_of_import(refusals(session, found.id), locale="fr"))
    assert lines[0].startswith("ligne,")
    assert [line.split(",")[0] for line in lines[1:]] == ["2", "3", "4"]
    assert [line.strip().rpartition(",")[2] for line in lines[1:]] == ["'=1+1", "'+2@", "' @evil b"]
