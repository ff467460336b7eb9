from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fund.db.session import Database

T = TypeVar("T")
_TRIES = 5
_CALLED_OFF = ("40P01", "40001")
"""PostgreSQL's words for a deadlock, and for a transaction that would not be one of a row of them."""


def write_again(database: Database, work: Callable[[Session], T]) -> T:
    """`work` in a transaction of its own; begun anew when the database took it back for the sake of another."""
    for _ in range(_TRIES - 1):
        try:
            with database.write() as session:
                return work(session)
        except DBAPIError as problem:
            if getattr(problem.orig, "sqlstate", None) not in _CALLED_OFF:
                raise
    with database.write() as session:
        return work(session)
