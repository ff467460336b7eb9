from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.mail.hold_batch import SENDS
from fund.mail.models import Delivery, MailBatch, MailBody, MailDay, Mailing, MailPace

_LATEST_BATCHES = 8
_MINUTE = timedelta(minutes=1)


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


def count_by_state(session: Session, mailing_id: int) -> dict[str, int]:
    """Its deliveries: one count over the index of its batches, whatever else there is."""
    batches = select(MailBatch.id).where(MailBatch.mailing_id == mailing_id)
    counted = select(Delivery.state, func.count()).where(Delivery.batch_id.in_(batches)).group_by(Delivery.state)
    return dict(session.execute(counted).all())


def count_handed_over(session: Session, mailing_id: int) -> int:
    """To how many people it went, as far as the mail server said."""
    counts = count_by_state(session, mailing_id)
    return sum(counts.get(state, 0) for state in ("sent", "bounced", "complained", "unsure"))


def running_mailings(session: Session) -> list[Mailing]:
    """Not over yet, the newest first."""
    query = select(Mailing).where(Mailing.state.in_((*SENDS, "paused"))).order_by(Mailing.id.desc())
    return list(session.scalars(query))


def past_mailings(session: Session, *, limit: int) -> list[Mailing]:
    """The newest first."""
    query = select(Mailing).where(Mailing.state.in_(("done", "cancelled"))).order_by(Mailing.id.desc()).limit(limit)
    return list(session.scalars(query))


def subjects_of(session: Session, mailing_ids: Iterable[int], *, locale: str) -> dict[int, str]:
    """What their mails are called: in that language, or in another where they have none in it."""
    query = (
        select(MailBody.mailing_id, MailBody.subject)
        .where(MailBody.mailing_id.in_(list(mailing_ids)))
        .order_by(MailBody.locale == locale, MailBody.id)
    )
    return {mailing_id: subject for mailing_id, subject in session.execute(query) if mailing_id is not None}


def sent_a_minute(session: Session, mailing_id: int, *, now: datetime) -> float:
    """How fast it went in the last minute, told from the batches that were worked on last; 0 when it stands still."""
    latest = (
        select(MailBatch.id)
        .where(
            MailBatch.mailing_id == mailing_id, or_(MailBatch.next_due.is_(None), MailBatch.worked_until.is_not(None))
        )
        .order_by(MailBatch.id.desc())
        .limit(_LATEST_BATCHES)
    )
    moments = select(func.count(), func.min(Delivery.sent_at)).where(
        Delivery.batch_id.in_(latest), Delivery.sent_at > now - _MINUTE
    )
    count, first = session.execute(moments).one()
    if not count or first is None:
        return 0.0
    return float(count / max((now - first).total_seconds(), 1.0) * 60)


def unsure_deliveries(session: Session, mailing_id: int, *, limit: int) -> list[Delivery]:
    """Those that a person should look at; their addresses with them."""
    query = (
        select(Delivery)
        .where(Delivery.mailing_id == mailing_id, Delivery.state == "unsure")
        .order_by(Delivery.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def read_pace(session: Session) -> MailPace:
    return session.get_one(MailPace, 1)


def sent_today(session: Session, *, now: datetime) -> int:
    """Mail to many, today (UTC)."""
    return session.scalar(select(MailDay.sent).where(MailDay.day == now.astimezone(UTC).date().isoformat())) or 0


def paused_mailings(session: Session) -> list[Mailing]:
    """Which wait for somebody."""
    return list(session.scalars(select(Mailing).where(Mailing.state == "paused").order_by(Mailing.id)))
