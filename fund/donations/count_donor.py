from functools import cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fund.donations.models import Donation, DonorCount


def count_donor(session: Session, donation: Donation, change: int) -> None:
    """Add the gift to the count it is shown in now, or with -1 take it out, in the session that changes it."""
    named = donation.visibility == "public" and donation.name_withheld_at is None
    connection = session.connection()
    row = {"campaign_id": donation.campaign_id, "named": named, "gifts": change}
    connection.execute(_add(connection.dialect.name), row)


@cache
def _add(dialect: str) -> Executable:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    added = insert(DonorCount.__table__)
    statement: Executable = added.on_conflict_do_update(
        index_elements=["campaign_id", "named"], set_={"gifts": DonorCount.gifts + added.excluded.gifts}
    )
    return statement
