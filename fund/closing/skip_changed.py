from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from fund.closing.models import SurplusPlan, SurplusShare
from fund.donations.models import Dispute, Donation, HandReturn, Refund
from fund.donations.plan_refund import refundable
from fund.donations.queries_of_returns import disputes_of
from fund.donations.rules import OPEN_REFUNDS


def skip_changed(session: Session, plan: SurplusPlan) -> None:
    """Skip the shares that cannot be sent any more, as the run would once it came to them: they claim no money.

    For who has the plan locked and compares what it promises with what is there.
    """
    for share, donation in session.execute(_touched(plan)):
        note = why_skipped(session, share, donation)
        if note:
            share.state, share.note = "skipped", note
    session.flush()


def why_skipped(session: Session, share: SurplusShare, donation: Donation) -> str:
    """The note of a share whose gift was disputed or went back otherwise since it was planned; else empty."""
    if any(dispute.closed_at is None for dispute in disputes_of(session, donation.id)):
        return "disputed"
    if donation.came_back or refundable(session, donation) < share.amount:
        return "changed"
    return ""


def _touched(plan: SurplusPlan) -> Select[SurplusShare, Donation]:
    """Shares not begun whose gift knows of anything but its payment."""
    refunds = select(Refund.donation_id).where(Refund.state.in_(OPEN_REFUNDS), Refund.batch != plan.id)
    others = (refunds, select(Dispute.donation_id), select(HandReturn.donation_id))
    return (
        select(SurplusShare, Donation)
        .join(Donation, Donation.id == SurplusShare.donation_id)
        .where(
            SurplusShare.plan_id == plan.id,
            SurplusShare.state == "planned",
            or_(Donation.came_back, *(Donation.id.in_(other) for other in others)),
        )
    )
