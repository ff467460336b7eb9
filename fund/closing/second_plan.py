from datetime import datetime

from sqlalchemy.orm import Session

from fund.closing.find_plan_to_change import find_plan_to_change
from fund.closing.models import SurplusPlan
from fund.closing.record_step import record_step
from fund.closing.start_run import check_not_stale, start_run
from fund.kit.errors import Refusal
from fund.work.queue import Queue


def second_plan(session: Session, queue: Queue, *, plan_id: str, digest: str, actor: str, now: datetime) -> SurplusPlan:
    """The second person agrees, and the run starts. Never the one who confirmed."""
    plan = find_plan_to_change(session, plan_id, "confirmed")
    if actor == plan.confirmed_by:
        raise Refusal("You have confirmed this plan yourself: somebody else has to agree to it.", status=409)
    if digest != plan.digest:
        raise Refusal("This is not the plan that you have seen. Look at it again.", status=409)
    check_not_stale(session, plan)
    plan.seconded_at, plan.seconded_by = now, actor
    start_run(session, queue, plan)
    record_step(session, plan, action="second_surplus_plan", was="confirmed", digest=plan.digest, actor=actor, now=now)
    return plan
