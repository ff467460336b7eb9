from functools import cache

from sqlalchemy import Executable, bindparam, update
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_into
from fund.db.models import PageVersion

_ONE_MORE = (
    update(PageVersion).where(PageVersion.campaign_id == bindparam("campaign")).values(version=PageVersion.version + 1)
)


def touch_page(session: Session, campaign_id: int) -> None:
    """What the public sees of this campaign changes with this session: kept pages of it are old once it commits.

    Call it last: on PostgreSQL the row stays locked until then. Entries of the ledger call it by themselves, before
    they take their number: the lock keeps the numbers of a campaign in the order in which they are committed.
    """
    connection = session.connection()
    if not connection.execute(_ONE_MORE, {"campaign": campaign_id}).rowcount:
        connection.execute(_first(connection.dialect.name), {"campaign_id": campaign_id, "version": 1})


@cache
def _first(dialect: str) -> Executable:
    """Two sessions may both find no row."""
    statement: Executable = insert_into(dialect, PageVersion).on_conflict_do_update(
        index_elements=["campaign_id"], set_={"version": PageVersion.version + 1}
    )
    return statement
