"""One small value, read at once and outside any session: what a kept page is checked against on every request.

A session costs a hundred times more than the value. The connections commit by themselves, so each look sees all that
was committed before it; each thread has its own, opened after the fork at its first look.
"""

import sqlite3
import threading
from typing import Any
from urllib.parse import quote

import psycopg
from sqlalchemy.engine import make_url

Parameter = int | str


class GlanceError(Exception):
    """The database did not answer."""


class Glance:
    """Reads only. Makes no connection until used."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self._mine = threading.local()
        self._opened: list[Any] = []

    def value(self, statement: str, *parameters: Parameter) -> Any:
        """First column of the first row, None without a row. Parameters are `?`. Raises GlanceError."""
        try:
            connection = self._mine.__dict__.get("connection") or self._open()
            rows = connection.execute(statement if self._is_sqlite else statement.replace("?", "%s"), parameters)
            found = rows.fetchall()  # to the end: a half-read row would hold SQLite's snapshot
        except (sqlite3.Error, psycopg.Error) as problem:
            self._forget()
            raise GlanceError(type(problem).__name__) from None
        return found[0][0] if found else None

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()
        self._mine = threading.local()

    def _open(self) -> Any:
        connection: Any = self._open_sqlite() if self._is_sqlite else self._open_postgresql()
        self._mine.connection = connection
        self._opened.append(connection)
        return connection

    def _open_sqlite(self) -> sqlite3.Connection:
        address = f"file:{quote(self._url.database or '')}?mode=ro"
        return sqlite3.connect(address, uri=True, timeout=1, isolation_level=None, check_same_thread=False)

    def _open_postgresql(self) -> "psycopg.Connection[tuple[Any, ...]]":
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True, connect_timeout=3)

    def _forget(self) -> None:
        broken = self._mine.__dict__.pop("connection", None)
        if broken is not None:
            broken.close()
            if broken in self._opened:
                self._opened.remove(broken)
