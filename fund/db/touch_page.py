from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_statement
from fund.db.models import PageVersion


def touch_page(session: Session, campaign_id: int) -> None:
    """What the public sees of this campaign changes with this session: kept pages of it are old once it commits.

    Call it last: on PostgreSQL the row stays locked until then. Entries of the ledger call it by themselves.
    """
    one_more = update(PageVersion).where(PageVersion.campaign_id == campaign_id)
    done = session.execute(
        one_more.values(version=PageVersion.version + 1), execution_options={"synchronize_session": False}
    )
    if isinstance(done, CursorResult) and done.rowcount:
        return
    first = insert_statement(session, PageVersion).values(campaign_id=campaign_id, version=1)
    session.execute(
        first.on_conflict_do_update(index_elements=["campaign_id"], set_={"version": PageVersion.version + 1})
    )
