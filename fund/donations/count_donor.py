from functools import cache

from sqlalchemy import Executable
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_into
from fund.donations.models import Donation, DonorCount


def count_donor(session: Session, donation: Donation, change: int) -> None:
    """Add the gift to the count it is shown in now, or with -1 take it out, in the session that changes it."""
    named = donation.visibility == "public" and donation.name_withheld_at is None
    connection = session.connection()
    row = {"campaign_id": donation.campaign_id, "named": named, "gifts": change}
    connection.execute(_add(connection.dialect.name), row)


@cache
def _add(dialect: str) -> Executable:
    added = insert_into(dialect, DonorCount)
    statement: Executable = added.on_conflict_do_update(
        index_elements=["campaign_id", "named"], set_={"gifts": DonorCount.gifts + added.excluded.gifts}
    )
    return statement
