from datetime import datetime

from sqlalchemy.orm import Session

from fund.mail.finish_mailing import finish_mailing
from fund.mail.models import Mailing


def end_filling(session: Session, mailing: Mailing, *, now: datetime) -> None:
    """Everybody is written down; what is left is to send. The caller holds the mailing's row."""
    mailing.state, mailing.filled_at = "sending", now
    session.flush()
    finish_mailing(session, mailing_id=mailing.id, now=now)
