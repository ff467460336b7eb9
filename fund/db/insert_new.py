from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fund.db.base import Base


def insert_new(session: Session, model: type[Base], rows: list[dict[str, Any]], *, unique: list[str]) -> int:
    """Insert the rows whose `unique` columns are not taken yet and say how many. Two sessions may try at once.

    Defaults of the columns apply; what another session has stored stays as it is.
    """
    if not rows:
        return 0
    added = _insert_new(session.get_bind().dialect.name, model, tuple(unique))
    return len(session.execute(added, rows).all())


def insert_into(dialect: str, model: type[Base]) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(model.__table__)


@cache
def _insert_new(dialect: str, model: type[Base], unique: tuple[str, ...]) -> Any:
    """Built once: that costs more than the row. Counted by what comes back, for drivers disagree on row counts."""
    added = insert_into(dialect, model).on_conflict_do_nothing(index_elements=unique)
    return added.returning(model.__table__.c[unique[0]])
