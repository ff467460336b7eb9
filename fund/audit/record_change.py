from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.audit.models import AuditEntry


def record_change(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    """Say who changed what, in the same database transaction as the change. Never pass donor data."""
    session.add(AuditEntry(at=now, actor=actor, action=action, subject=subject, before=before or {}, after=after or {}))
