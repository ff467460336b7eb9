from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.donations.models import Slowdown
from fund.kit.errors import Refusal


def end_slowdown(session: Session, *, slowdown_id: int, actor: str, now: datetime) -> Slowdown:
    """A campaign takes gifts at full speed again. Ending what has ended changes nothing."""
    slowdown = session.get(Slowdown, slowdown_id, with_for_update=True)
    if slowdown is None:
        raise Refusal("There is no such slowdown.", status=404)
    if slowdown.until > now:
        slowdown.until, slowdown.ended_by = now, actor
        subject = f"campaign:{slowdown.campaign_id}"
        record_change(session, actor=actor, action="end_slowdown", subject=subject, now=now)
    return slowdown
