from datetime import datetime

from sqlalchemy import exists, update
from sqlalchemy.orm import Session

from fund.mail.models import MailBatch, Mailing


def finish_mailing(session: Session, *, mailing_id: int, now: datetime) -> None:
    """The mailing is done once everybody is written down and no batch has anything to do any more."""
    left = exists().where(MailBatch.mailing_id == mailing_id, MailBatch.next_due.is_not(None))
    session.execute(
        update(Mailing)
        .where(Mailing.id == mailing_id, Mailing.state == "sending", ~left)
        .values(state="done", ended_at=now)
        .execution_options(synchronize_session=False)
    )
