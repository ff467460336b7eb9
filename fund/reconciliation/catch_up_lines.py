from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice

from fund.db.session import Database
from fund.donations.book_dispute_fee import book_dispute_fee
from fund.ledger.queries import booked_sources
from fund.payments.book_site_transaction import book_site_transaction
from fund.payments.facts import BalanceTransaction
from fund.payments.gateway import Gateway
from fund.payments.keep_balance_transaction import keep_balance_transaction
from fund.reconciliation.models import Cursor

CURSOR = "balance_transactions"
OVERLAP = timedelta(days=3)
PAGE = 200

Apply = Callable[[BalanceTransaction], None]
"""Looks at what a line of account belongs to and books it with everything that follows; the worker's part."""


def catch_up_lines(database: Database, gateway: Gateway, *, apply: Apply, now: datetime, whole: bool = False) -> int:
    """Read Stripe's account line by line, keep each line, and book those that are not; how many were not.

    Begins three days before the last pass (`whole`: at the account's start) and notes its place only at the end, so
    that a pass that dies is read again. A line that `apply` leaves unbooked is a dispute's fee, the site's
    own, or waits in suspense.
    """
    since = None if whole else _since(database)
    found = 0
    for page in _pages(gateway.balance_transactions(since=since)):
        with database.read() as session:
            booked = booked_sources(session, [f"txn:{line.id}" for line in page])
        missing = [line for line in page if f"txn:{line.id}" not in booked]
        for line in reversed(missing):
            _book(database, line, apply, now)
        found += len(missing)
    with database.write() as session:
        cursor = session.get(Cursor, CURSOR) or Cursor(name=CURSOR, last_id="")
        cursor.moment = now
        session.add(cursor)
    return found


def _since(database: Database) -> datetime | None:
    with database.read() as session:
        cursor = session.get(Cursor, CURSOR)
    return cursor.moment - OVERLAP if cursor is not None and cursor.moment is not None else None


def _book(database: Database, line: BalanceTransaction, apply: Apply, now: datetime) -> None:
    apply(line)
    with database.write() as session:
        if booked_sources(session, [f"txn:{line.id}"]):
            return
        if line.net == 0 and line.amount == 0:
            keep_balance_transaction(session, line)
        elif not book_dispute_fee(session, line, now=now):
            book_site_transaction(session, line, now=now)


def _pages(lines: Iterable[BalanceTransaction]) -> Iterable[list[BalanceTransaction]]:
    rest = iter(lines)
    while page := list(islice(rest, PAGE)):
        yield page
