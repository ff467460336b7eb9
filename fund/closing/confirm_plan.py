from datetime import datetime

from sqlalchemy.orm import Session

from fund.closing.find_plan_to_change import find_plan_to_change
from fund.closing.models import SurplusPlan
from fund.closing.queries import counts_of
from fund.closing.record_step import record_step
from fund.closing.rules import second_person_above
from fund.closing.start_run import check_not_stale, start_run
from fund.kit.errors import Refusal
from fund.work.queue import Queue


def confirm_plan(
    session: Session, queue: Queue, *, plan_id: str, digest: str, actor: str, now: datetime
) -> SurplusPlan:
    """One person says yes to what `digest` stands for. The run starts, unless a second person has to agree first."""
    plan = find_plan_to_change(session, plan_id, "draft")
    if digest != plan.digest:
        raise Refusal("This is not the plan that you have seen. Look at it again.", status=409)
    check_not_stale(session, plan)
    plan.confirmed_at, plan.confirmed_by = now, actor
    if needs_second(session, plan):
        plan.state = "confirmed"
    else:
        start_run(session, queue, plan)
    record_step(session, plan, action="confirm_surplus_plan", was="draft", digest=plan.digest, actor=actor, now=now)
    return plan


def needs_second(session: Session, plan: SurplusPlan) -> bool:
    goes_back = sum(one.amount for one in counts_of(session, plan.id).values())
    return goes_back > second_person_above(plan.currency)
