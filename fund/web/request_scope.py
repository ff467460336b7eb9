"""Database sessions of one request: one lazy snapshot to read from, and explicit transactions to write in."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from flask import Flask, g
from sqlalchemy.orm import Session

from fund.web.services import services


def read_session() -> Session:
    """This request's reading session, opened at first use and closed when the request ends."""
    if "read_session" not in g:
        stack = ExitStack()
        g.read_session = stack.enter_context(services().database.read())
        g.read_session_stack = stack
    session: Session = g.read_session
    return session


@contextmanager
def write_session() -> Iterator[Session]:
    """One transaction that commits at the end of the block.

    The reading session is closed first: what it saw is about to be old, and SQLite would keep its snapshot alive.
    """
    close_read_session()
    with services().database.write() as session:
        yield session


def close_read_session(_error: BaseException | None = None) -> None:
    stack: ExitStack | None = g.pop("read_session_stack", None)
    g.pop("read_session", None)
    if stack is not None:
        stack.close()


def init_app(app: Flask) -> None:
    app.teardown_request(close_read_session)
