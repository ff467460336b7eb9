from datetime import datetime

from sqlalchemy.orm import Session

from fund.closing.find_cover import find_cover
from fund.closing.find_plan_to_change import find_plan_to_change
from fund.closing.models import SurplusPlan
from fund.closing.record_step import record_step
from fund.closing.skip_changed import skip_changed
from fund.closing.start_run import start_run
from fund.kit.errors import Refusal
from fund.kit.money import Money
from fund.work.queue import Queue


def continue_run(session: Session, queue: Queue, *, plan_id: str, actor: str, now: datetime) -> SurplusPlan:
    """Go on where a run stopped, if its money is there. The plan is as confirmed; each gift is looked at by itself."""
    plan = find_plan_to_change(session, plan_id, "paused", "short")
    skip_changed(session, plan)
    cover = find_cover(session, plan.campaign_id)
    if cover.lacks:
        raise Refusal(
            "{lacks} is missing of what goes back: nothing is sent before it is there.",
            status=409,
            lacks=Money(cover.lacks, plan.currency),
        )
    was = plan.state
    start_run(session, queue, plan)
    record_step(session, plan, action="continue_surplus_run", was=was, actor=actor, now=now)
    return plan
