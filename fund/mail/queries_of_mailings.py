from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.mail.hold_batch import SENDS
from fund.mail.models import MailBatch, Mailing


def kind_of_mailing(session: Session, mailing_id: int) -> str:
    """Empty when there is none."""
    return session.scalar(select(Mailing.kind).where(Mailing.id == mailing_id)) or ""


def has_due_batches(session: Session, *, now: datetime) -> bool:
    """Whether there is one that a worker could take."""
    due = (
        select(MailBatch.id)
        .join(Mailing, Mailing.id == MailBatch.mailing_id)
        .where(
            MailBatch.next_due <= now,
            or_(MailBatch.worked_until.is_(None), MailBatch.worked_until < now),
            Mailing.state.in_((*SENDS, "cancelled")),
        )
        .limit(1)
    )
    return session.scalars(due).first() is not None


def mailings_to_fill(session: Session, *, untouched_since: datetime) -> list[int]:
    """Those that are being filled, and at which nobody was since then."""
    touched = func.coalesce(Mailing.filled_at, Mailing.created_at)
    query = select(Mailing.id).where(Mailing.state == "filling", touched < untouched_since).order_by(Mailing.id)
    return list(session.scalars(query))


def lock_mailing(session: Session, mailing_id: int) -> Mailing:
    """Waits for workers that are between two windows. Raises Refusal (404)."""
    mailing = session.get(Mailing, mailing_id, with_for_update=True, populate_existing=True)
    if mailing is None:
        raise Refusal("There is no such mailing.", status=404)
    return mailing
