from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fund.ledger.models import Account


def open_account(session: Session, name: str) -> int:
    """The account's id, made on first use. Safe when two sessions open the same one at once."""
    found = session.execute(select(Account.id).where(Account.name == name)).scalar_one_or_none()
    if found is not None:
        return found
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Account).values(name=name).on_conflict_do_nothing(index_elements=["name"]))
    return session.execute(select(Account.id).where(Account.name == name)).scalar_one()
