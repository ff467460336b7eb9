from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from fund.closing.models import SurplusPlan

HELD = timedelta(seconds=20)
"""A worker that says nothing for so long is taken to have died. Two at once would waste calls, and harm nothing."""


def claim_run(session: Session, *, plan_id: str, now: datetime) -> bool:
    """Whether this worker has the run to itself now. False: it does not run, or somebody is at it."""
    claimed = session.execute(
        update(SurplusPlan)
        .where(
            SurplusPlan.id == plan_id,
            SurplusPlan.state == "running",
            or_(SurplusPlan.worked_until.is_(None), SurplusPlan.worked_until <= now),
        )
        .values(worked_until=now + HELD)
    )
    return bool(claimed.rowcount)  # type: ignore[attr-defined]


def leave_run(session: Session, *, plan_id: str) -> None:
    """Somebody else may go on."""
    session.execute(update(SurplusPlan).where(SurplusPlan.id == plan_id).values(worked_until=None))
