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
    table = model.__table__
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # Counted by what comes back: drivers disagree on the row count of many inserts at once.
    added = insert(table).on_conflict_do_nothing(index_elements=unique).returning(table.c[unique[0]])
    return len(session.execute(added, rows).all())
