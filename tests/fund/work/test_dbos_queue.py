from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from fund.db.session import Database
from fund.tables import metadata
from fund.work.dbos_queue import DbosQueue
from fund.worker.system_tables import migrate_queue, queue_client


@pytest.fixture
def waiting(database_url: str) -> Any:
    """A function that lists what is queued: (task, queue, arguments)."""

    def listed() -> list[tuple[str, str | None, Any]]:
        with queue_client(database_url) as client:
            found = client.list_queued_workflows()
        return [(one.name, one.queue_name, one.input and one.input["args"]) for one in found]

    return listed


def test_what_is_rolled_back_was_never_queued(database: Database, database_url: str, waiting: Any) -> None:
    queue = DbosQueue(database_url)

    def change_and_fail() -> None:
        with database.write() as session:
            queue.enqueue(session, "look_at_checkout", "don_1")
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()
    assert waiting() == []


def test_what_is_committed_waits_with_its_ids(database: Database, database_url: str, waiting: Any) -> None:
    queue = DbosQueue(database_url)
    with database.write() as session:
        queue.enqueue(session, "look_at_checkout", "don_1")
        queue.enqueue(session, "drain_mail")
        assert session.in_transaction()
    assert sorted(waiting()) == [("drain_mail", "mail", ()), ("look_at_checkout", "work", ("don_1",))]


def test_an_unknown_task_is_refused_before_anything_is_written(
    database: Database, database_url: str, waiting: Any
) -> None:
    with database.write() as session, pytest.raises(KeyError):
        DbosQueue(database_url).enqueue(session, "no_such_task")
    assert waiting() == []


def test_ready_once_the_tables_exist(empty_database_url: str) -> None:
    queue, database = DbosQueue(empty_database_url), Database(empty_database_url)
    with database.read() as session:
        assert not queue.ready(session)
    migrate_queue(empty_database_url)
    migrate_queue(empty_database_url)
    with database.read() as session:
        assert queue.ready(session)
    database.dispose()


def test_its_tables_are_none_of_ours(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    migrate_queue(empty_database_url)
    added = set(inspect(database.engine).get_table_names())
    assert not added & set(metadata.tables)
    assert bool(added) == empty_database_url.startswith("sqlite"), "PostgreSQL keeps them in a schema of their own"
    database.dispose()


def test_making_one_touches_nothing(tmp_path: Path) -> None:
    DbosQueue(f"sqlite:///{tmp_path / 'absent.sqlite3'}")
    assert list(tmp_path.iterdir()) == []
