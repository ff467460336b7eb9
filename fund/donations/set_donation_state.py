from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.db.touch_page import touch_page
from fund.donations.count_donor import count_donor
from fund.donations.models import Donation, Refund
from fund.donations.queries_of_returns import returned_by_hand
from fund.donations.rules import SETTLED, STANDING_REFUNDS, state_after
from fund.donations.taken_by_disputes import taken_by_disputes


def set_donation_state(session: Session, donation: Donation, *, now: datetime) -> None:
    """Work a booked gift's state out again from its refunds and disputes, and keep the count of donors right."""
    if donation.paid_at is None:
        return
    refunded = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.donation_id == donation.id, Refund.state.in_(STANDING_REFUNDS)
    )
    donation.refunded = int(session.scalar(refunded) or 0) + returned_by_hand(session, donation.id)
    taken = taken_by_disputes(session, donation.id)
    donation.disputed = taken.held
    state = state_after(
        amount=donation.amount,
        refunded=donation.refunded,
        disputed=donation.disputed,
        came_back=donation.came_back,
        lost=taken.lost,
    )
    if state == donation.state:
        return
    count_donor(session, donation, (state in SETTLED) - (donation.state in SETTLED))
    donation.state = state
    donation.ended_at = None if state in SETTLED else now
    touch_page(session, donation.campaign_id)
