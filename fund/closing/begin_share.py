import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from fund.closing.claim_run import HELD
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.skip_changed import why_skipped
from fund.donations.models import Donation
from fund.donations.refund_share import refund_share
from fund.kit.errors import Refusal


def begin_share(session: Session, *, plan_id: str, position: int, now: datetime) -> str | None:
    """Decide one gift's refund, or set it aside; the refund's id if Stripe is to be asked for it.

    None where the plan does not run any more, the gift did not come through Stripe (a person pays it by hand), or it
    was disputed or refunded since. Asked again about a share that was begun, it gives the same refund.
    """
    plan = session.get_one(SurplusPlan, plan_id, with_for_update=True)
    if plan.state != "running":
        return None
    plan.worked_until = now + HELD
    share = session.get_one(SurplusShare, (plan_id, position), with_for_update=True)
    if share.state != "planned":
        return share.refund_id if share.state == "sent" else None
    donation = session.get_one(Donation, share.donation_id)
    if donation.kind == "offline":
        note = why_skipped(session, share, donation)
        share.state, share.note = ("skipped", note) if note else ("failed", "offline")
        return None
    try:
        refund = refund_share(
            session,
            donation_id=donation.id,
            refund_id=share_refund_id(share),
            amount=share.amount,
            batch=plan.id,
            actor=plan.seconded_by or plan.confirmed_by,
            now=now,
        )
    except Refusal:
        share.state, share.note = "skipped", why_skipped(session, share, donation) or "changed"
        return None
    share.state, share.refund_id = "sent", refund.id
    return refund.id


def share_refund_id(share: SurplusShare) -> str:
    """Of the plan and the gift: however often a run starts again, it is the same refund.

    After one that Stripe refused, which moved nothing, the next is another: Stripe would repeat its answer.
    """
    again = f":{share.refund_id}" if share.refund_id else ""
    return str(uuid.uuid5(uuid.UUID(share.plan_id), share.donation_id + again))
