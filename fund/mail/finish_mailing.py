from datetime import datetime

from sqlalchemy import exists, update
from sqlalchemy.orm import Session

from fund.mail.models import MailBatch, Mailing


def finish_mailing(session: Session, *, mailing_id: int, now: datetime) -> None:
    """The mailing is done once everybody is written down and no batch has anything to do any more."""
    session.execute(_DONE.where(Mailing.id == mailing_id).values(state="done", ended_at=now))


def finish_mailings(session: Session, *, now: datetime) -> None:
    """All that are: of two workers that end the last two batches at once, neither sees that the other does."""
    session.execute(_DONE.values(state="done", ended_at=now))


_DONE = (
    update(Mailing)
    .where(
        Mailing.state == "sending",
        ~exists().where(MailBatch.mailing_id == Mailing.id, MailBatch.next_due.is_not(None)),
    )
    .execution_options(synchronize_session=False)
)
