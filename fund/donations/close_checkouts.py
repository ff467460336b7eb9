from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.donations.models import Donation
from fund.work.queue import Queue


def close_checkouts(session: Session, queue: Queue, *, campaign_id: int) -> int:
    """Have Stripe's page closed for every gift of a campaign that is still being given. Returns how many.

    For a campaign that takes no gifts any more. One that is paid before the worker comes to it counts, marked late.
    """
    pending = select(Donation.id).where(
        Donation.campaign_id == campaign_id, Donation.state == "pending", Donation.checkout_session_id.is_not(None)
    )
    count = 0
    for donation_id in session.scalars(pending):
        queue.enqueue(session, "expire_checkout", donation_id)
        count += 1
    return count
