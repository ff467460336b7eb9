"""DBOS as seen from outside a running worker: its tables, and a client that reads and mends its queue."""

from collections.abc import Iterator
from contextlib import contextmanager

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer

from fund.work.tasks import APPLICATION


def migrate_queue(database_url: str) -> None:
    """Create DBOS's tables or bring them up to date. Safe to repeat and to run twice at once.

    Runs after our own migrations: on SQLite they put the file into the journal mode that both need.
    """
    DBOS.migrate(database_url)


@contextmanager
def queue_client(database_url: str) -> Iterator[DBOSClient]:
    """Never inside a writing session: it has a connection of its own."""
    client = DBOSClient(
        system_database_url=database_url,
        application_name=APPLICATION,
        serializer=DBOSPortableJSONSerializer(),
        system_database_pool_size=1,
        lazy=True,
    )
    try:
        yield client
    finally:
        client.destroy()
