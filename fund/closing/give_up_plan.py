from datetime import datetime

from sqlalchemy.orm import Session

from fund.closing.find_plan_to_change import find_plan_to_change
from fund.closing.models import SurplusPlan
from fund.closing.queries import counts_of
from fund.closing.record_step import record_step
from fund.db.touch_page import touch_page
from fund.kit.errors import Refusal


def give_up_plan(session: Session, *, plan_id: str, actor: str, now: datetime) -> SurplusPlan:
    """Drop a plan before it starts, or what is left of one that stands still. What was sent stays sent."""
    plan = find_plan_to_change(session, plan_id, "draft", "confirmed", "paused", "short")
    counts = counts_of(session, plan.id)
    if "sent" in counts:
        raise Refusal("A refund of this plan is on its way. Wait until Stripe has said what became of it.", status=409)
    before = plan.state
    plan.state, plan.live_key, plan.ended_at = "given_up", None, now
    record_step(session, plan, action="give_up_surplus_plan", was=before, actor=actor, now=now)
    touch_page(session, plan.campaign_id)
    return plan
