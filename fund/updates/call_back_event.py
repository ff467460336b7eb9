from datetime import datetime

from sqlalchemy.orm import Session

from fund.mail.cancel_mailing import cancel_mailing
from fund.updates.event_mailings import mailing_of_event

_OVER = ("done", "cancelled")


def call_back_event(session: Session, *, event_id: int, actor: str, now: datetime) -> bool:
    """Stop the mails of an event that is taken off the page, in the session that takes it off. Whether any were due.

    What has left has left. Repeating is harmless.
    """
    mailing = mailing_of_event(session, event_id, lock=True)
    if mailing is None or mailing.state in _OVER:
        return False
    cancel_mailing(session, mailing_id=mailing.id, actor=actor, now=now)
    return True
