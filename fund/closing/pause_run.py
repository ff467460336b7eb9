from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.closing.find_plan_to_change import find_plan_to_change
from fund.closing.models import SurplusPlan


def pause_run(session: Session, *, plan_id: str, actor: str, now: datetime) -> SurplusPlan:
    """No further share is begun from this moment; the one that is being sent is seen to its end."""
    plan = find_plan_to_change(session, plan_id, "running")
    plan.state = "paused"
    record_change(
        session,
        actor=actor,
        action="pause_surplus_run",
        subject=f"campaign:{plan.campaign_id}",
        before={"plan": plan.id, "state": "running"},
        after={"plan": plan.id, "state": "paused"},
        now=now,
    )
    return plan
