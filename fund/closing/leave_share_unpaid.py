from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.closing.models import SurplusPlan, SurplusShare
from fund.db.touch_page import touch_page
from fund.donations.leave_debt_unpaid import leave_debt_unpaid
from fund.donations.models import Refund
from fund.kit.errors import Refusal

REASONS = ("unreachable", "no_answer", "declined")
"""Nobody knows how to reach the donor, the donor does not answer, or does not want it."""


def leave_share_unpaid(
    session: Session, *, plan_id: str, position: int, reason: str, actor: str, now: datetime
) -> SurplusShare:
    """A share that no way brings to its donor stays with the surplus, where it may be passed on.

    Said twice, it counts once. The gift takes no part in a later plan; a donor who turns up after all is paid by hand
    as long as the money is there. Where it had left and come back, the books owe it no more, by an entry of its own.
    """
    plan = session.get_one(SurplusPlan, plan_id, with_for_update=True)
    share = session.get(SurplusShare, (plan_id, position), with_for_update=True)
    if share is None:
        raise Refusal("There is no such plan.", status=404)
    if share.state == "unpaid":
        return share
    if share.state != "failed" or plan.state == "given_up":
        raise Refusal("This share did not fail: there is nothing to pay by hand.", status=409)
    if reason not in REASONS:
        raise Refusal("Say why it could not be paid.", field="reason")
    refund = session.get(Refund, share.refund_id) if share.refund_id else None
    if refund is not None and refund.owed:
        leave_debt_unpaid(session, refund_id=refund.id, now=now)
    share.state, share.note, share.settled_at = "unpaid", reason, now
    record_change(
        session,
        actor=actor,
        action="leave_share_unpaid",
        subject=f"donation:{share.donation_id}",
        after={"plan": plan.id, "amount": share.amount, "currency": plan.currency, "reason": reason},
        now=now,
    )
    touch_page(session, plan.campaign_id)
    return share
