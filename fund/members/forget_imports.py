from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fund.members.models import ImportChunk, ImportRefusal, MemberImport

PREVIEW_KEPT = timedelta(days=2)
REPORT_KEPT = timedelta(days=90)


def forget_imports(session: Session, *, now: datetime) -> int:
    """Drop lists that nobody started, and reports of long ago: both hold addresses. How many lists."""
    stale = (
        select(MemberImport)
        .where(MemberImport.state.in_(("reading", "preview")), MemberImport.created_at < now - PREVIEW_KEPT)
        .with_for_update()
    )
    dropped = list(session.scalars(stale))
    for one in dropped:
        session.execute(delete(ImportChunk).where(ImportChunk.import_id == one.id))
        session.delete(one)
    old = select(MemberImport.id).where(MemberImport.ended_at < now - REPORT_KEPT)
    session.execute(
        delete(ImportRefusal).where(ImportRefusal.import_id.in_(old)).execution_options(synchronize_session=False)
    )
    return len(dropped)
