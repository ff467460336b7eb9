from datetime import datetime, timedelta

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.orm import Session

from fund.donations.models import Donation
from fund.work.queue import Queue

NOT_BEFORE = timedelta(seconds=20)


def ask_again(session: Session, queue: Queue, *, donation_id: str, now: datetime) -> bool:
    """A donor waits on the thank-you page: have the worker ask Stripe how the gift stands, without any webhook.

    At most every twenty seconds for each gift, whoever opens its page how often.
    """
    rested = or_(Donation.asked_at.is_(None), Donation.asked_at < now - NOT_BEFORE)
    waiting = (Donation.id == donation_id) & (Donation.state == "pending") & rested
    changed = session.execute(
        update(Donation).where(waiting).values(asked_at=now), execution_options={"synchronize_session": False}
    )
    if not isinstance(changed, CursorResult) or not changed.rowcount:
        return False
    queue.enqueue(session, "look_at_checkout", donation_id)
    return True
