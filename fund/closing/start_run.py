from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.closing.draw_plan import draw_plan
from fund.closing.models import SurplusPlan
from fund.db.touch_page import touch_page
from fund.kit.errors import Refusal
from fund.work.queue import Queue

STALE = "Something has changed since this plan was made. Give it up and make a new one."


def check_not_stale(session: Session, plan: SurplusPlan) -> None:
    """Raises Refusal unless a plan made now would be the same to the last minor unit."""
    campaign = session.get_one(Campaign, plan.campaign_id, with_for_update=True)
    try:
        drawn = draw_plan(session, campaign)
    except Refusal:
        raise Refusal(STALE, status=409) from None
    if drawn.digest != plan.digest:
        raise Refusal(STALE, status=409)


def start_run(session: Session, queue: Queue, plan: SurplusPlan) -> None:
    """Have the worker send the shares once this session commits."""
    plan.state = "running"
    queue.enqueue(session, "run_surplus", plan.id)
    touch_page(session, plan.campaign_id)
