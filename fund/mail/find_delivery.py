from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.mail.models import Delivery


def find_delivery(session: Session, key: str) -> tuple[str, datetime | None] | None:
    """State and time of sending of the mail with this key; None if none was queued. The address stays sealed."""
    found = session.execute(select(Delivery.state, Delivery.sent_at).where(Delivery.key == key)).first()
    return (found[0], found[1]) if found is not None else None
