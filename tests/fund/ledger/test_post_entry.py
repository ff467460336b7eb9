import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fund.db.models import PageVersion
from fund.db.session import Database
from fund.ledger.check_ledger import check_ledger
from fund.ledger.queries import balances, balances_from_postings, entries, is_booked, newest_entries
from fund.ledger.rules import UnbalancedError
from tests.factories.campaigns import make_campaign
from tests.factories.entries import BOOKED, book, gift
from tests.fixtures.databases import sqlite_only
from tests.fixtures.threads import at_once


def test_an_entry_is_kept_as_it_was_posted(database: Database) -> None:
    assert book(database, gift(6250, 211, 11), source="txn:one")
    with database.read() as session:
        (entry,) = entries(session)
        assert is_booked(session, "txn:one")
        assert not is_booked(session, "txn:two")
        assert balances(session) == {
            "assets:stripe:cad": {"CAD": 6039},
            "exp:fee_tax:four-labels": {"CAD": 11},
            "exp:processing:four-labels": {"CAD": 200},
            "funds:four-labels": {"CAD": -6250},
        }
    assert (entry.source, entry.kind, entry.occurred_at, entry.campaign_id) == ("txn:one", "gift", BOOKED, None)
    assert [(p.account, p.side, p.amount) for p in entry.postings] == [
        ("assets:stripe:cad", "debit", 6039),
        ("exp:processing:four-labels", "debit", 200),
        ("exp:fee_tax:four-labels", "debit", 11),
        ("funds:four-labels", "credit", 6250),
    ]


@sqlite_only
def test_only_an_entry_of_a_campaign_makes_a_kept_page_old(database: Database) -> None:
    campaign_id = make_campaign(database)
    pages = [page_versions(database)]
    for campaign in (None, campaign_id, campaign_id):
        book(database, gift(6250), campaign_id=campaign)
        pages.append(page_versions(database))
    launched = pages[0].get(campaign_id, 0)
    assert [page.get(campaign_id, 0) - launched for page in pages] == [0, 0, 1, 2]
    assert list(pages[-1]) == [campaign_id]


def page_versions(database: Database) -> dict[int, int]:
    with database.read() as session:
        return {page.campaign_id: page.version for page in session.scalars(select(PageVersion))}


def test_a_source_is_booked_once_whatever_comes_the_second_time(database: Database) -> None:
    assert book(database, gift(6250), source="txn:one")
    assert not book(database, gift(6250), source="txn:one")
    assert not book(database, gift(9999), source="txn:one", kind="refund")
    with database.read() as session:
        assert balances(session)["assets:stripe:cad"] == {"CAD": 6250}
        assert check_ledger(session).ok


def test_a_source_is_booked_once_from_eight_threads(database: Database) -> None:
    def post(_thread: int) -> bool:
        try:
            return book(database, gift(6250, 211), source="txn:one")
        except IntegrityError:
            return False

    assert at_once(8, post).count(True) == 1
    with database.read() as session:
        report = check_ledger(session)
    assert (report.ok, report.entries, report.balances["funds:four-labels"]) == (True, 1, {"CAD": -6250})


def test_totals_are_the_sums_however_many_post_at_once(database: Database) -> None:
    def post(thread: int) -> None:
        for number in range(10):
            currency = ("CAD", "JPY", "KWD")[number % 3]
            book(database, gift(100 + number, number % 4, currency=currency, slug=f"c{thread % 2}"), currency=currency)

    at_once(8, post)
    with database.read() as session:
        assert balances(session) == balances_from_postings(session)
        report = check_ledger(session)
    assert (report.problems, report.entries) == ([], 80)


def test_an_unbalanced_entry_leaves_nothing(database: Database) -> None:
    with pytest.raises(UnbalancedError):
        book(database, {"assets:stripe:cad": 100, "funds:x": -99})
    with database.read() as session:
        report = check_ledger(session)
    assert (report.ok, report.entries, report.postings, report.balances) == (True, 0, 0, {})


def test_the_journal_is_read_in_pages_in_its_order(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fund.ledger.queries.STREAM_ROWS", 3)
    for number in range(8):
        book(database, gift(100), source=f"txn:{number}")
    with database.read() as session:
        assert [entry.source for entry in entries(session)] == [f"txn:{number}" for number in range(8)]
        first = newest_entries(session, limit=5)
        rest = newest_entries(session, limit=5, before=first[-1].number)
    assert [entry.source for entry in first + rest] == [f"txn:{number}" for number in reversed(range(8))]
