from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.queries import counts_of
from fund.db.touch_page import touch_page
from fund.donations.models import Refund

STATE_OF = {"succeeded": "succeeded", "failed": "failed", "refused": "failed", "canceled": "failed"}
"""By the state of its refund."""
LOOKED_AFTER = timedelta(days=180)
"""So long after a run a refund may still come back, and then its share has failed."""


def settle_shares(session: Session, *, plan_id: str, now: datetime) -> SurplusPlan:
    """Have the shares say what became of their refunds, and the plan whether it is through."""
    plan = session.get_one(SurplusPlan, plan_id, with_for_update=True)
    query = (
        select(SurplusShare, Refund)
        .join(Refund, Refund.id == SurplusShare.refund_id)
        .where(
            SurplusShare.plan_id == plan_id,
            or_(
                (SurplusShare.state == "sent") & Refund.state.in_(STATE_OF),
                (SurplusShare.state == "succeeded") & Refund.state.in_(("failed", "canceled")),
            ),
        )
    )
    moved = False
    for share, refund in session.execute(query):
        share.state, share.note, share.settled_at = STATE_OF[refund.state], refund.failure_code, now
        moved = True
    session.flush()
    ended = plan.state == "running" and not counts_of(session, plan_id).keys() & {"planned", "sent"}
    if ended:
        _finish(session, plan, now)
    if moved or ended:
        touch_page(session, plan.campaign_id)
    return plan


def plans_to_settle(session: Session, *, now: datetime) -> list[str]:
    """Those that run or stand still, and those that ended lately."""
    lately = (SurplusPlan.state == "finished") & (SurplusPlan.ended_at > now - LOOKED_AFTER)
    query = select(SurplusPlan.id).where(or_(SurplusPlan.state.in_(("running", "paused")), lately))
    return list(session.scalars(query.order_by(SurplusPlan.id)))


def _finish(session: Session, plan: SurplusPlan, now: datetime) -> None:
    plan.state, plan.live_key, plan.ended_at, plan.worked_until = "finished", None, now, None
    record_change(
        session,
        actor="worker",
        action="finish_surplus_run",
        subject=f"campaign:{plan.campaign_id}",
        before={"plan": plan.id, "state": "running"},
        after={"plan": plan.id, **{state: one.amount for state, one in counts_of(session, plan.id).items()}},
        now=now,
    )
