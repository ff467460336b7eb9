from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.db.touch_page import touch_page
from fund.donations.count_donor import count_donor
from fund.donations.models import Dispute, Donation, Refund
from fund.donations.rules import SETTLED, state_after

STANDING_REFUNDS = ("pending", "requires_action", "succeeded")


def set_donation_state(session: Session, donation: Donation, *, now: datetime) -> None:
    """Work a booked gift's state out again from its refunds and disputes, and keep the count of donors right."""
    if donation.paid_at is None:
        return
    session.flush()
    refunded = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.donation_id == donation.id, Refund.state.in_(STANDING_REFUNDS)
    )
    disputes = select(
        func.coalesce(func.sum(Dispute.withdrawn - Dispute.reinstated - Dispute.lost), 0),
        func.coalesce(func.sum(Dispute.lost), 0),
    ).where(Dispute.donation_id == donation.id)
    donation.refunded = int(session.scalar(refunded) or 0)
    disputed, lost = session.execute(disputes).one()
    donation.disputed = max(0, int(disputed))
    state = state_after(
        amount=donation.amount,
        refunded=donation.refunded,
        disputed=donation.disputed,
        came_back=donation.came_back,
        lost=int(lost),
    )
    if state == donation.state:
        return
    count_donor(session, donation, (state in SETTLED) - (donation.state in SETTLED))
    donation.state = state
    donation.ended_at = None if state in SETTLED else now
    touch_page(session, donation.campaign_id)
