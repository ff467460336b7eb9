"""Reads of the inbox."""

from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from fund.payments.models import BalanceTransactionRow, ProcessorEvent

_KIND_AND_OBJECT = select(ProcessorEvent.type, ProcessorEvent.object_id).where(
    ProcessorEvent.id == bindparam("event_id")
)


def due_events(session: Session, *, limit: int, now: datetime) -> list[str]:
    """Ids of events to apply: new ones, and failed ones whose time has come, oldest first."""
    due = or_(
        ProcessorEvent.state == "stored",
        (ProcessorEvent.state == "failed") & (ProcessorEvent.due_at <= now),
    )
    query = select(ProcessorEvent.id).where(due).order_by(ProcessorEvent.received_at, ProcessorEvent.id).limit(limit)
    return list(session.scalars(query))


def kind_and_object(session: Session, event_id: str) -> tuple[str, str]:
    """Of a stored event: its type, and the id of the object that it is about."""
    kind, object_id = session.execute(_KIND_AND_OBJECT, {"event_id": event_id}).one()
    return kind, object_id


def count_by_state(session: Session) -> dict[str, int]:
    query = select(ProcessorEvent.state, func.count()).group_by(ProcessorEvent.state)
    return dict(session.execute(query).all())


def latest_events(session: Session, *, limit: int, before: tuple[datetime, str] | None = None) -> list[ProcessorEvent]:
    """Newest first, a page; `before` is the received time and id of the last one already shown."""
    query = select(ProcessorEvent).order_by(ProcessorEvent.received_at.desc(), ProcessorEvent.id.desc()).limit(limit)
    if before is not None:
        moment, id_ = before
        query = query.where(
            or_(
                ProcessorEvent.received_at < moment,
                (ProcessorEvent.received_at == moment) & (ProcessorEvent.id < id_),
            )
        )
    return list(session.scalars(query))


def fees_of_charges(session: Session, charge_ids: list[str]) -> dict[str, tuple[int, int]]:
    """`{charge: (fee, net)}` in minor units, of charges whose balance transaction is kept."""
    if not charge_ids:
        return {}
    rows = select(BalanceTransactionRow.source, BalanceTransactionRow.fee, BalanceTransactionRow.net).where(
        BalanceTransactionRow.source.in_(charge_ids), BalanceTransactionRow.reporting_category == "charge"
    )
    return {source: (fee, net) for source, fee, net in session.execute(rows) if source is not None}
