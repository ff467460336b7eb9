"""The mailing of an event of the timeline: there is one at most, for ever."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.mail.models import Mailing


def event_key(event_id: int) -> str:
    return f"event:{event_id}"


def mailing_of_event(session: Session, event_id: int, *, lock: bool = False) -> Mailing | None:
    query = select(Mailing).where(Mailing.key == event_key(event_id))
    return session.scalars(query.with_for_update() if lock else query).first()
