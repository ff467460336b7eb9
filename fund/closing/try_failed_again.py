from datetime import datetime

from sqlalchemy.orm import Session

from fund.closing.find_plan_to_change import find_plan_to_change
from fund.closing.models import SurplusPlan
from fund.closing.queries import live_plan, shares_refused
from fund.closing.record_step import record_step
from fund.closing.start_run import start_run
from fund.kit.errors import Refusal
from fund.work.queue import Queue


def try_failed_again(session: Session, queue: Queue, *, plan_id: str, actor: str, now: datetime) -> SurplusPlan:
    """Ask once more for what Stripe refused, and so never moved. What failed after it had left is paid by hand."""
    plan = find_plan_to_change(session, plan_id, "paused", "short", "finished")
    live = live_plan(session, plan.campaign_id)
    if live is not None and live.id != plan.id:
        raise Refusal("There is a plan already. Give it up before you make another.", status=409)
    shares = shares_refused(session, plan.id)
    if not shares:
        raise Refusal("There is nothing that Stripe refused.", status=409)
    for share in shares:
        share.state, share.note, share.settled_at = "planned", "", None
    before = plan.state
    plan.live_key, plan.ended_at = plan.campaign_id, None
    start_run(session, queue, plan)
    record_step(session, plan, action="try_failed_shares_again", was=before, shares=len(shares), actor=actor, now=now)
    return plan
