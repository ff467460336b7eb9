from sqlalchemy.orm import Session

from fund.donations.close_checkouts import close_checkouts
from fund.donations.stop_monthly_gifts import stop_monthly_gifts
from fund.work.queue import Queue


def stop_gifts(session: Session, queue: Queue, *, campaign_id: int) -> None:
    """A campaign has closed: close its open pages at Stripe and end its monthly gifts, in the closing's own session.

    A payment that was on its way all the same is booked and marked late.
    """
    stop_monthly_gifts(session, queue, campaign_id=campaign_id)
    close_checkouts(session, queue, campaign_id=campaign_id)
