# ruff: noqa: S608  statements put together from this file's own parts
"""What the database itself refuses in the journal, whoever asks: plain SQL, past all of our code."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fund.db.session import Database
from fund.ledger.check_ledger import check_ledger
from tests.factories.entries import book, gift
from tests.fixtures.databases import postgresql_only, sqlite_only

ENTRY = """INSERT INTO ledger_entry (id, source, kind, occurred_at, recorded_at)
    VALUES ('{id}', '{source}', 'gift', '2026-11-01', '2026-11-01')"""
POSTING = """INSERT INTO ledger_posting (entry_id, account_id, side, amount, currency)
    VALUES ('{id}', (SELECT MIN(id) FROM ledger_account), '{side}', {amount}, '{currency}')"""
FIRST = "(SELECT id FROM ledger_entry WHERE number = (SELECT MIN(number) FROM ledger_entry))"


def posting(side: str, amount: int, currency: str = "CAD", entry: str = "new") -> str:
    return POSTING.format(id=entry, side=side, amount=amount, currency=currency)


def entry(id_: str = "new", source: str = "txn:new") -> str:
    return ENTRY.format(id=id_, source=source)


CLOSED = f"""INSERT INTO ledger_posting (entry_id, account_id, side, amount, currency)
    SELECT {FIRST}, MIN(id), 'debit', 1, 'CAD' FROM ledger_account"""

REFUSED = {
    "one side only": [posting("debit", 5), entry()],
    "no postings": [entry()],
    "not in sum": [posting("debit", 5), posting("credit", 4), entry()],
    "not in each currency": [posting("debit", 5), posting("credit", 5, "SEK"), entry()],
    "entry before its postings": [entry(), posting("debit", 5), posting("credit", 5)],
    "nothing as an amount": [posting("debit", 0), posting("credit", 0), entry()],
    "a negative amount": [posting("debit", -5), posting("credit", -5), entry()],
    "a side that is none": [posting("left", 5), posting("credit", 5), entry()],
    "a posting without an entry": [posting("debit", 5), posting("credit", 5)],
    "a posting to a closed entry": [CLOSED],
    "the same source": [posting("debit", 5), posting("credit", 5), entry(source="txn:kept")],
    "another amount": ["UPDATE ledger_posting SET amount = amount + 1"],
    "no change at all": ["UPDATE ledger_posting SET amount = amount"],
    "another date": ["UPDATE ledger_entry SET occurred_at = '2020-01-01'"],
    "another name": ["UPDATE ledger_account SET name = 'assets:bank:cad' WHERE name = 'funds:four-labels'"],
    "a deleted posting": ["DELETE FROM ledger_posting"],
    "a deleted entry": ["DELETE FROM ledger_entry"],
    "a deleted account": ["DELETE FROM ledger_account"],
}


def is_refused(database: Database, statements: list[str]) -> bool:
    try:
        with database.write() as session:
            for statement in statements:
                session.execute(text(statement))
    except DBAPIError:
        return True
    return False


def state(database: Database) -> tuple[object, ...]:
    with database.read() as session:
        report = check_ledger(session)
        rows = [
            session.execute(text(f"SELECT * FROM {table} ORDER BY 1")).all()
            for table in ("ledger_entry", "ledger_posting", "ledger_account")
        ]
    return report.problems, rows


def test_the_database_refuses(database: Database) -> None:
    book(database, gift(6250, 211), source="txn:kept")
    before = state(database)
    assert [name for name, statements in REFUSED.items() if not is_refused(database, statements)] == []
    assert state(database) == before


def test_what_balances_is_taken_past_our_code_too(database: Database) -> None:
    book(database, gift(6250, 211), source="txn:kept")
    assert not is_refused(database, [posting("debit", 5), posting("credit", 5), entry()])


@postgresql_only
def test_postgresql_refuses_to_empty_the_journal(database: Database) -> None:
    book(database, gift(6250, 211), source="txn:kept")
    before = state(database)
    for table in ("ledger_entry", "ledger_posting", "ledger_account"):
        assert is_refused(database, [f"TRUNCATE {table} CASCADE"]), table
    assert state(database) == before


@sqlite_only
@pytest.mark.parametrize(
    "statement",
    [
        """INSERT OR REPLACE INTO ledger_entry (number, id, source, kind, occurred_at, recorded_at)
            SELECT number, id, source, 'refund', occurred_at, recorded_at FROM ledger_entry""",
        f"""INSERT OR REPLACE INTO ledger_posting (id, entry_id, account_id, side, amount, currency)
            SELECT id, 'new', account_id, side, amount, currency FROM ledger_posting WHERE entry_id = {FIRST}""",
        "INSERT OR REPLACE INTO ledger_account (id, name) SELECT id, 'assets:bank:cad' FROM ledger_account LIMIT 1",
    ],
)
def test_sqlite_refuses_to_replace_rows(database: Database, statement: str) -> None:
    """REPLACE deletes without asking the triggers for deletion."""
    book(database, gift(6250, 211), source="txn:kept")
    before = state(database)
    assert is_refused(database, [statement, entry()] if "'new'" in statement else [statement])
    assert state(database) == before
