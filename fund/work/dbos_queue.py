"""The queue on DBOS's own tables, in the same database as ours. The only file here that knows DBOS.

`enqueue` writes into the caller's transaction on the caller's connection: what is rolled back was never queued. (The
client's plain `enqueue` would open a second connection and wait on SQLite's single writer for ever.) The client
itself connects to nothing and takes nothing from the queue: that is the worker's part.
"""

import threading

from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from fund.work.tasks import ALLOWED_SECONDS, APPLICATION, QUEUE_OF, VERSION


class DbosQueue:
    """Cheap to make and safe before a fork: nothing is opened until the first use, and no connection even then."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._lock = threading.Lock()
        self._client: DBOSClient | None = None

    def enqueue(self, session: Session, task: str, *ids: int | str) -> None:
        """Raises KeyError for a task that is not in `fund.work.tasks`."""
        options: EnqueueOptions = {
            "workflow_name": task,
            "queue_name": QUEUE_OF[task],
            "app_version": VERSION,
            "workflow_timeout": ALLOWED_SECONDS,
        }
        self._enqueuer().enqueue_in_transaction(session, options, *ids)

    def ready(self, session: Session) -> bool:
        """Whether the tables of the queue exist, so that `enqueue` can work."""
        connection = session.connection()
        schema = None if connection.dialect.name == "sqlite" else "dbos"
        return inspect(connection).has_table("workflow_status", schema=schema)

    def _enqueuer(self) -> DBOSClient:
        with self._lock:
            if self._client is None:
                self._client = DBOSClient(
                    system_database_url=self._url,
                    application_name=APPLICATION,
                    serializer=DBOSPortableJSONSerializer(),
                    system_database_pool_size=1,
                    lazy=True,
                )
            return self._client
