from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from fund.audit.record_change import record_change
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.queries import counts_of
from fund.db.touch_page import touch_page
from fund.donations.check_hand_return import left_to_pay
from fund.donations.models import Donation, Refund
from fund.donations.queries_of_returns import paid_by_refund

STATE_OF = {"succeeded": "succeeded", "failed": "failed", "refused": "failed", "canceled": "failed"}
"""By the state of its refund."""
LOOKED_AFTER = timedelta(days=180)
"""So long after a run a refund may still come back, and then its share has failed."""


def settle_shares(session: Session, *, plan_id: str, now: datetime) -> SurplusPlan:
    """Have the shares say what became of their refunds, and the plan whether it is through."""
    plan = session.get_one(SurplusPlan, plan_id, with_for_update=True)
    moved = False
    for share, refund, paid in session.execute(_may_have_changed(plan_id)).all():
        state = _state(session, refund, paid)
        if state != share.state and (share.state != "unpaid" or state == "by_hand"):
            share.state, share.note, share.settled_at = state, refund.failure_code, now
            moved = True
    session.flush()
    ended = plan.state in ("running", "short") and not counts_of(session, plan_id).keys() & {"planned", "sent"}
    if ended:
        _finish(session, plan, now)
    if moved or ended:
        touch_page(session, plan.campaign_id)
    return plan


def plans_to_settle(session: Session, *, now: datetime) -> list[str]:
    """Those that run or stand still, and those that ended lately."""
    lately = (SurplusPlan.state == "finished") & (SurplusPlan.ended_at > now - LOOKED_AFTER)
    query = select(SurplusPlan.id).where(or_(SurplusPlan.state.in_(("running", "paused", "short")), lately))
    return list(session.scalars(query.order_by(SurplusPlan.id)))


def _may_have_changed(plan_id: str) -> Select[SurplusShare, Refund, int]:
    """Shares of which their refund, or what was paid of it by hand, may say something else; and what was paid."""
    by_hand = paid_by_refund()
    paid = func.coalesce(by_hand.c.paid, 0)
    debt_is_paid = and_(Refund.state == "failed", Refund.moved, Refund.owed == 0)
    return (
        select(SurplusShare, Refund, paid)
        .join(Refund, Refund.id == SurplusShare.refund_id)
        .outerjoin(by_hand, by_hand.c.refund_id == Refund.id)
        .where(
            SurplusShare.plan_id == plan_id,
            or_(
                (SurplusShare.state == "sent") & Refund.state.in_(STATE_OF),
                (SurplusShare.state == "succeeded") & Refund.state.in_(("failed", "canceled")),
                (SurplusShare.state == "failed") & debt_is_paid,
                SurplusShare.state.in_(("failed", "unpaid")) & (paid > 0),
                (SurplusShare.state == "by_hand") & or_(Refund.owed > 0, ~Refund.moved & (paid < Refund.amount)),
            ),
        )
    )


def _state(session: Session, refund: Refund, paid: int) -> str:
    if paid and not left_to_pay(session, refund, session.get_one(Donation, refund.donation_id)):
        return "by_hand"
    if refund.state == "failed" and refund.moved and not refund.owed:
        return "succeeded"  # a later refund has brought the donor what this one could not
    return STATE_OF[refund.state]


def _finish(session: Session, plan: SurplusPlan, now: datetime) -> None:
    was = plan.state
    plan.state, plan.live_key, plan.ended_at, plan.worked_until = "finished", None, now, None
    record_change(
        session,
        actor="worker",
        action="finish_surplus_run",
        subject=f"campaign:{plan.campaign_id}",
        before={"plan": plan.id, "state": was},
        after={"plan": plan.id, **{state: one.amount for state, one in counts_of(session, plan.id).items()}},
        now=now,
    )
