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
    # Counted by what comes back: drivers disagree on the row count of many inserts at once.
    added = insert_statement(session, model).on_conflict_do_nothing(index_elements=unique)
    return len(session.execute(added.returning(model.__table__.c[unique[0]]), rows).all())


def insert_statement(session: Session, model: type[Base]) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model.__table__)
