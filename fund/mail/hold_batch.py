"""Which worker is at which batch: a lease in the batch's row, renewed with each window, that ends with its holder."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Select, Table, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from fund.mail.claim import IN_DOUBT
from fund.mail.models import Delivery, MailBatch, Mailing

LEASE = timedelta(minutes=5)
"""Longer than one window can take, however slow the server is."""
SENDS = ("filling", "sending")
WAITING = ("queued", "deferred")


@dataclass(frozen=True, slots=True)
class HeldBatch:
    """Ours until `until`; the mailing's state as it was when it was taken."""

    id: int
    mailing_id: int
    until: datetime


def take_batch(session: Session, *, lease: timedelta = LEASE, now: datetime) -> HeldBatch | None:
    """The next batch that is due and that nobody holds; None when there is none.

    What a worker that died had in flight there is unsure from now on. Of a mailing that was cancelled, what was
    waiting is cancelled on the way.
    """
    while found := session.execute(_next_batch(now)).one_or_none():
        batch, state = found
        if batch.worked_until is not None:
            mark_window_unsure(session, batch.id)
        if state in SENDS:
            batch.worked_until = now + lease
            return HeldBatch(batch.id, batch.mailing_id, batch.worked_until)
        _cancel(session, batch)
    return None


def keep_batch(session: Session, held: HeldBatch, *, lease: timedelta = LEASE, now: datetime) -> HeldBatch | None:
    """Ours for longer; None when it took us so long that somebody else may have taken it."""
    kept = session.connection().execute(_KEEP, {"batch": held.id, "held": held.until, "until": now + lease})
    return replace(held, until=now + lease) if kept.rowcount else None


def leave_batch(session: Session, held: HeldBatch, *, again_at: datetime | None = None) -> None:
    """For whoever comes next: at `again_at`, else when the first of its deliveries is due, else never."""
    if again_at is None:
        waiting = select(func.min(Delivery.due_at)).where(Delivery.batch_id == held.id, Delivery.state.in_(WAITING))
        again_at = session.scalar(waiting)
    session.execute(
        update(MailBatch)
        .where(MailBatch.id == held.id, MailBatch.worked_until == held.until)
        .values(next_due=again_at, worked_until=None)
        .execution_options(synchronize_session=False)
    )


def mark_window_unsure(session: Session, batch_id: int) -> None:
    """Whoever held the batch is gone: what it had taken may or may not have left, so nobody sends it again."""
    session.execute(
        update(Delivery)
        .where(Delivery.batch_id == batch_id, Delivery.state == "sending")
        .values(state="unsure", last_reply=IN_DOUBT)
        .execution_options(synchronize_session=False)
    )


def _next_batch(now: datetime) -> Select[MailBatch, str]:
    return (
        select(MailBatch, Mailing.state)
        .join(Mailing, Mailing.id == MailBatch.mailing_id)
        .where(
            MailBatch.next_due <= now,
            or_(MailBatch.worked_until.is_(None), MailBatch.worked_until < now),
            Mailing.state.in_((*SENDS, "cancelled")),
        )
        .order_by(MailBatch.next_due, MailBatch.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=MailBatch)
        .execution_options(populate_existing=True)
    )


def _cancel(session: Session, batch: MailBatch) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.batch_id == batch.id, Delivery.state.in_(WAITING))
        .values(state="cancelled")
        .execution_options(synchronize_session=False)
    )
    batch.next_due = batch.worked_until = None
    session.flush()


_KEEP = (
    update(cast("Table", MailBatch.__table__))
    .where(MailBatch.id == bindparam("batch"), MailBatch.worked_until == bindparam("held"))
    .values(worked_until=bindparam("until"))
)
