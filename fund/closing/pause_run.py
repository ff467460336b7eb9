from datetime import datetime

from sqlalchemy.orm import Session

from fund.closing.find_plan_to_change import find_plan_to_change
from fund.closing.models import SurplusPlan
from fund.closing.record_step import record_step


def pause_run(session: Session, *, plan_id: str, actor: str, now: datetime) -> SurplusPlan:
    """No further share is begun from this moment; the one that is being sent is seen to its end."""
    plan = find_plan_to_change(session, plan_id, "running")
    plan.state = "paused"
    record_step(session, plan, action="pause_surplus_run", was="running", actor=actor, now=now)
    return plan
