from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.billing.models import Disbursement, TimeEntry


def record_work(
    session: Session,
    work: TimeEntry | Disbursement,
    verb: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Keep in the audit log what was entered, corrected or removed of counsel's unbilled work."""
    kind = "time" if isinstance(work, TimeEntry) else "disbursement"
    record_change(
        session,
        actor=actor,
        action=f"{verb}_{kind}",
        subject=f"{kind}:{work.id}",
        before=before,
        after=after,
        now=now,
    )


def facts(work: TimeEntry | Disbursement) -> dict[str, Any]:
    """What the audit log keeps of it: never the narrative, which is privileged."""
    if isinstance(work, Disbursement):
        return {"counsel": work.counsel_id, "day": work.paid_on.isoformat(), "amount": work.amount}
    return {
        "counsel": work.counsel_id,
        "day": work.worked_on.isoformat(),
        "hours_hundredths": work.hours_hundredths,
        "rate": work.rate,
    }
