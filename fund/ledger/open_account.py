from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.ledger.models import Account


def open_account(session: Session, name: str) -> int:
    """The account's id, made on first use. Safe when two sessions open the same one at once."""
    by_name = select(Account.id).where(Account.name == name)
    found = session.execute(by_name).scalar_one_or_none()
    if found is not None:
        return found
    insert_new(session, Account, [{"name": name}], unique=["name"])
    return session.execute(by_name).scalar_one()
