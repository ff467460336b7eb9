from datetime import datetime

from sqlalchemy.orm import Session

from fund.closing.find_plan_to_change import find_plan_to_change
from fund.closing.models import SurplusPlan
from fund.closing.record_step import record_step


def pause_run(session: Session, *, plan_id: str, actor: str, now: datetime) -> SurplusPlan:
    """No further share is begun from this moment; the one that is being sent is seen to its end.

    A run that is short of money then does not go on by itself.
    """
    plan = find_plan_to_change(session, plan_id, "running", "short")
    was, plan.state = plan.state, "paused"
    record_step(session, plan, action="pause_surplus_run", was=was, actor=actor, now=now)
    return plan
