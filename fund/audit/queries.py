from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.models import AuditEntry


def newest_changes(session: Session, *, before: int | None = None, limit: int) -> list[AuditEntry]:
    """Newest first; `before` is the last id of the page before."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return list(session.scalars(query))
