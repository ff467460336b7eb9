# ruff: noqa: S608  statements put together from this file's own parts
"""The proof of the journal finds damage that somebody did past the triggers."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from fund.db.session import Database
from fund.ledger.check_ledger import check_ledger
from tests.factories.campaigns import make_campaign
from tests.factories.entries import book, gift
from tests.fixtures.databases import sqlite_only

FIRST = "(SELECT MIN(number) FROM ledger_entry)"
FIRST_ID = f"(SELECT id FROM ledger_entry WHERE number = {FIRST})"
ONE_POSTING = "id = (SELECT MIN(id) FROM ledger_posting)"
ONE_TOTAL = "kind = 'refund' AND account_id = (SELECT id FROM ledger_account WHERE name = 'funds:four-labels')"

DAMAGE = {
    "a changed amount": (f"UPDATE ledger_posting SET amount = amount + 1 WHERE {ONE_POSTING}", "is off by 1 CAD"),
    "a changed currency": (f"UPDATE ledger_posting SET currency = 'SEK' WHERE {ONE_POSTING}", "is off by"),
    "a turned posting": (f"UPDATE ledger_posting SET side = 'credit' WHERE {ONE_POSTING}", "is off by"),
    "a turned entry": (
        f"""UPDATE ledger_posting SET side = CASE side WHEN 'debit' THEN 'credit' ELSE 'debit' END
            WHERE entry_id = {FIRST_ID}""",
        "stored total of",
    ),
    "another account": (
        f"""UPDATE ledger_posting SET account_id = (SELECT id FROM ledger_account WHERE name = 'funds:four-labels')
            WHERE {ONE_POSTING}""",
        "stored total of assets:stripe:cad",
    ),
    "an account that is gone": (
        "DELETE FROM ledger_account WHERE name = 'assets:stripe:cad'",
        "trial balance in CAD is -6480, not 0",
    ),
    "a posting that is gone": (f"DELETE FROM ledger_posting WHERE {ONE_POSTING}", "is off by"),
    "an entry that is gone": (f"DELETE FROM ledger_entry WHERE number = {FIRST}", "belongs to no entry"),
    "postings that are gone": (f"DELETE FROM ledger_posting WHERE entry_id = {FIRST_ID}", "has no postings"),
    "another campaign": ("UPDATE ledger_entry SET campaign_id = NULL", "stored total of"),
    "another kind": (f"UPDATE ledger_entry SET kind = 'refund' WHERE number = {FIRST}", "stored total of"),
    "a changed total": (
        f"UPDATE ledger_total SET debit = debit + 1 WHERE {ONE_TOTAL}",
        "funds:four-labels, campaign 1, refund, CAD (debit, credit, entries): (501, 0, 1), postings: (500, 0, 1)",
    ),
    "a changed count": (f"UPDATE ledger_total SET entries = entries + 1 WHERE {ONE_TOTAL}", "stored total of funds"),
    "a total that is gone": (f"DELETE FROM ledger_total WHERE {ONE_TOTAL}", "stored total of funds"),
    "a total of nothing": (
        """INSERT INTO ledger_total (account_id, campaign_id, kind, currency, debit, credit, entries)
           SELECT MIN(id), 0, 'gift', 'JPY', 5, 5, 1 FROM ledger_account""",
        "JPY",
    ),
}


@pytest.fixture
def books(database: Database) -> Database:
    campaign_id = make_campaign(database)
    book(database, gift(6250, 211), campaign_id=campaign_id)
    book(database, gift(1000, 59), campaign_id=campaign_id)
    book(database, {"funds:four-labels": 500, "assets:stripe:cad": -500}, kind="refund", campaign_id=campaign_id)
    return database


def test_sound_books_are_called_sound(books: Database) -> None:
    with books.read() as session:
        report = check_ledger(session)
    assert (report.ok, report.problems, report.entries, report.postings) == (True, [], 3, 8)
    assert report.balances["assets:stripe:cad"] == {"CAD": 6039 + 941 - 500}


def test_each_kind_of_damage_is_named(books: Database) -> None:
    """Each in a database transaction of its own that is taken back afterwards."""
    found = {name: damage_and_look(books, statement) for name, (statement, _) in DAMAGE.items()}
    missed = {name: problems for name, problems in found.items() if DAMAGE[name][1] not in "\n".join(problems)}
    assert missed == {}
    with books.read() as session:
        assert check_ledger(session).ok


@sqlite_only
def test_of_each_kind_no_more_is_named_than_a_person_reads(books: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fund.ledger.check_ledger.MOST_NAMED", 2)
    off = "UPDATE ledger_posting SET amount = amount + 1 WHERE side = 'debit'"
    ends = {off: "is off by", "DELETE FROM ledger_entry": "belongs to", "DELETE FROM ledger_posting": "has no postings"}
    found = {end: damage_and_look(books, statement) for statement, end in ends.items()}
    assert {end: sum(end in problem for problem in problems) for end, problems in found.items()} == dict.fromkeys(
        ends.values(), 2
    )


def damage_and_look(books: Database, statement: str) -> list[str]:
    """What the proof says of books that somebody changed with the guards off."""
    with books.write() as session:
        for guard_off in guards_off(session):
            session.execute(text(guard_off))
        session.execute(text(statement))
        problems = check_ledger(session).problems
        session.rollback()
    return problems


def guards_off(session: Session) -> list[str]:
    if session.get_bind().dialect.name == "postgresql":
        return ["SET LOCAL session_replication_role = replica"]
    triggers = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    return ["PRAGMA defer_foreign_keys = ON", *(f"DROP TRIGGER {name}" for name in triggers)]
