from typing import Any

from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fund.db.base import Base


def insert_new(session: Session, model: type[Base], rows: list[dict[str, Any]], *, unique: list[str]) -> int:
    """Insert the rows whose `unique` columns are not taken yet and say how many. Two sessions may try at once.

    Defaults of the columns apply; what another session has stored stays as it is. Counts -1 as unknown.
    """
    if not rows:
        return 0
    done = session.execute(insert_statement(session, model).on_conflict_do_nothing(index_elements=unique), rows)
    return done.rowcount if isinstance(done, CursorResult) else -1


def insert_statement(session: Session, model: type[Base]) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model.__table__)
