from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.closing.find_plan_to_change import find_plan_to_change
from fund.closing.models import SurplusPlan
from fund.closing.start_run import start_run
from fund.work.queue import Queue


def continue_run(session: Session, queue: Queue, *, plan_id: str, actor: str, now: datetime) -> SurplusPlan:
    """Go on where a paused run stopped. The plan is as it was confirmed; each gift is looked at again by itself."""
    plan = find_plan_to_change(session, plan_id, "paused")
    start_run(session, queue, plan)
    record_change(
        session,
        actor=actor,
        action="continue_surplus_run",
        subject=f"campaign:{plan.campaign_id}",
        before={"plan": plan.id, "state": "paused"},
        after={"plan": plan.id, "state": "running"},
        now=now,
    )
    return plan
