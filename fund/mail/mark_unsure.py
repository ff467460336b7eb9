from datetime import datetime, timedelta

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from fund.mail.claim import IN_DOUBT
from fund.mail.models import Delivery


def mark_unsure(session: Session, *, older_than: timedelta, now: datetime) -> int:
    """Deliveries that a dead process left as `sending`: they may or may not have gone, so nobody sends them again.

    `older_than` is longer than one message can take. Says how many there were.
    """
    marked = session.execute(
        update(Delivery)
        .where(Delivery.state == "sending", Delivery.batch_id.is_(None), Delivery.claimed_at < now - older_than)
        .values(state="unsure", last_reply=IN_DOUBT)
    )
    return marked.rowcount if isinstance(marked, CursorResult) else 0
