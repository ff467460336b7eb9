from datetime import datetime

from sqlalchemy.orm import Session

from fund.closing.find_cover import find_cover
from fund.closing.models import SurplusPlan
from fund.closing.record_step import record_step
from fund.closing.start_run import start_run
from fund.work.queue import Queue


def resume_short_run(session: Session, queue: Queue, *, plan_id: str, now: datetime) -> bool:
    """A run that stopped for want of money goes on by itself once it is there: each share is what was confirmed."""
    plan = session.get_one(SurplusPlan, plan_id, with_for_update=True)
    if plan.state != "short" or find_cover(session, plan.campaign_id).lacks:
        return False
    start_run(session, queue, plan)
    record_step(session, plan, action="continue_surplus_run", was="short", actor="worker", now=now)
    return True
