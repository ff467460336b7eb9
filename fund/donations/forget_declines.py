from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fund.donations.models import Decline

KEPT = timedelta(days=1)


def forget_declines(session: Session, *, now: datetime) -> None:
    """Declined cards are counted over minutes; after a day nobody needs to know of them."""
    session.execute(delete(Decline).where(Decline.at < now - KEPT))
