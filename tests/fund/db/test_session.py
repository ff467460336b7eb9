from pathlib import Path

import pytest
from sqlalchemy import text

from fund.campaigns.models import Campaign
from fund.db.session import BusyError, Database
from tests.factories.campaigns import make_campaign
from tests.fixtures.databases import sqlite_only
from tests.fixtures.threads import at_once

THREADS, EACH = 8, 25


def size(database: Database, campaign_id: int) -> int | None:
    with database.read() as session:
        return session.get_one(Campaign, campaign_id).audience_size


def test_concurrent_updates_lose_none(database: Database) -> None:
    campaign_id = make_campaign(database, audience_size=1)

    def add(_thread: int) -> None:
        for _ in range(EACH):
            with database.write() as session:
                campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
                campaign.audience_size = (campaign.audience_size or 0) + 1

    at_once(THREADS, add)
    assert size(database, campaign_id) == 1 + THREADS * EACH


def test_a_block_that_raises_changes_nothing_and_lets_the_next_writer_in(database: Database) -> None:
    campaign_id = make_campaign(database, audience_size=1)

    def fail_after_writing() -> None:
        with database.write() as session:
            session.get_one(Campaign, campaign_id).audience_size = 99
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_writing()
    assert size(database, campaign_id) == 1
    with database.write() as session:
        session.get_one(Campaign, campaign_id).audience_size = 2
    assert size(database, campaign_id) == 2


def test_a_reading_session_keeps_nothing(database: Database) -> None:
    campaign_id = make_campaign(database, audience_size=1)
    with database.read() as session:
        session.execute(text("UPDATE campaign SET audience_size = 99"))
    assert size(database, campaign_id) == 1


@sqlite_only
def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    campaign_id = make_campaign(database, audience_size=1)
    with database.read() as reader:
        before = reader.scalar(text("SELECT audience_size FROM campaign"))
        with database.write() as session:
            session.get_one(Campaign, campaign_id).audience_size = 2
        assert reader.scalar(text("SELECT audience_size FROM campaign")) == before == 1


@sqlite_only
def test_a_writer_that_waits_too_long_is_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fund.db.session.WRITE_LOCK_TIMEOUT", 0.05)

    def wait() -> None:
        with database.write() as second:
            second.connection()

    with database.write() as session:
        session.connection()
        with pytest.raises(BusyError):
            wait()
    wait()


@sqlite_only
@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("trusted_schema", 0), ("secure_delete", 1)],
)
def test_sqlite_is_durable_and_strict(database: Database, pragma: str, value: object) -> None:
    with database.read() as session:
        assert session.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_new_file_and_its_log_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite3"
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        session.execute(text("CREATE TABLE one (id INTEGER)"))
        modes = {found.name: found.stat().st_mode & 0o777 for found in tmp_path.iterdir()}
    database.dispose()
    assert modes["new.sqlite3"] == modes["new.sqlite3-wal"] == modes["new.sqlite3-shm"] == 0o600
