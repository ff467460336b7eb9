"""Who reads a campaign's books from the last number on must miss nothing that was committed later."""

import threading
from typing import Any

from sqlalchemy import Connection, event, text

from fund.db.session import Database
from fund.ledger.queries import entries_after
from tests.factories.campaigns import make_campaign
from tests.factories.entries import book, gift
from tests.fixtures.databases import postgresql_only
from tests.fixtures.until import until

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@postgresql_only
def test_a_smaller_number_is_never_committed_after_a_larger_one(database: Database) -> None:
    """The first writer is held as soon as it has its number; the second then waits, or would be seen before it."""
    campaign_id = make_campaign(database)
    _post(database, campaign_id, "txn:before")
    seen: list[list[str]] = []
    second = threading.Thread(target=lambda: _post(database, campaign_id, "txn:second"))

    @event.listens_for(database.engine, "after_cursor_execute")
    def hold(_connection: Connection, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("INSERT INTO ledger_entry") and "txn:first" in str(parameters):
            second.start()
            until(lambda: not second.is_alive() or _waits(database), timeout=30)
            seen.append(_sources(database, campaign_id))

    _post(database, campaign_id, "txn:first")
    second.join(timeout=30)
    assert seen == [["txn:before"]]
    assert _sources(database, campaign_id) == ["txn:before", "txn:first", "txn:second"]


def _post(database: Database, campaign_id: int, source: str) -> None:
    assert book(database, gift(6250), source=source, campaign_id=campaign_id)


def _waits(database: Database) -> bool:
    with database.read() as session:
        return bool(session.scalar(WAITING))


def _sources(database: Database, campaign_id: int) -> list[str]:
    with database.read() as session:
        return [entry.source for entry in entries_after(session, 0, campaign_id=campaign_id, limit=10)]
