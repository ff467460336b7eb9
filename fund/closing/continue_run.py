from datetime import datetime

from sqlalchemy.orm import Session

from fund.closing.find_plan_to_change import find_plan_to_change
from fund.closing.models import SurplusPlan
from fund.closing.record_step import record_step
from fund.closing.start_run import start_run
from fund.work.queue import Queue


def continue_run(session: Session, queue: Queue, *, plan_id: str, actor: str, now: datetime) -> SurplusPlan:
    """Go on where a paused run stopped. The plan is as it was confirmed; each gift is looked at again by itself."""
    plan = find_plan_to_change(session, plan_id, "paused")
    start_run(session, queue, plan)
    record_step(session, plan, action="continue_surplus_run", was="paused", actor=actor, now=now)
    return plan
