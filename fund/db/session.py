"""Engine rules for SQLite and PostgreSQL, and the two kinds of session.

With the driver's defaults SQLite loses updates between two writers, so the driver's own transaction
handling is off and a writing session begins IMMEDIATE, a reading one DEFERRED. Within one process one
lock is taken before BEGIN IMMEDIATE: waiting there is cheaper and fairer than SQLite's busy loop.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from fund.db.glance import Glance

WRITE_LOCK_TIMEOUT = 30
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=15000",
    "trusted_schema=OFF",
    "secure_delete=ON",
)


class BusyError(Exception):
    """Another writer of this process held the database too long; nothing was changed."""


class Database:
    """One engine per process. Open it after a fork, never before."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._reader = self.engine.execution_options(fund_read_only=True, **_one_snapshot(self.engine))
        self.glance = Glance(url)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: commits at the end of the block, rolls back if it raises.

        Never call Stripe or SMTP inside, nor open a second one: SQLite has one writer.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One snapshot, taken by its first statement; what is changed in it is never committed."""
        with Session(self._reader, autoflush=False, expire_on_commit=False) as session:
            yield session

    def dispose(self) -> None:
        self.glance.close()
        self.engine.dispose()


def _one_snapshot(engine: Engine) -> dict[str, Any]:
    """PostgreSQL has to be asked: by itself it shows every statement of a transaction the latest commit."""
    return {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}


def make_engine(url: str) -> Engine:
    """Its errors do not quote the values of a statement: those may be a donor's."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)
    _keep_to_its_owner(make_url(url).database or "")
    engine = create_engine(
        url,
        connect_args={"timeout": 15, "check_same_thread": False},
        pool_size=20,
        max_overflow=40,
        hide_parameters=True,
    )
    _obey_sqlite(engine)
    return engine


def _keep_to_its_owner(name: str) -> None:
    """Make a file that is missing, unreadable to other accounts; SQLite gives its log and index the same mode.

    One that exists is not opened here: closing it would drop the locks that this process holds on it.
    """
    if name and name != ":memory:":
        with suppress(OSError):  # SQLite says better what is wrong with the folder
            Path(name).touch(mode=0o600, exist_ok=False)


def _obey_sqlite(engine: Engine) -> None:
    write_lock = threading.Lock()

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("fund_read_only"):
            connection.exec_driver_sql("BEGIN DEFERRED")
            return
        if not write_lock.acquire(timeout=WRITE_LOCK_TIMEOUT):
            raise BusyError
        connection.info["write_lock"] = write_lock
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def release(_connection: Any, entry: ConnectionPoolEntry) -> None:
        held = entry.info.pop("write_lock", None)
        if held is not None:
            held.release()
