"""Reads of the inbox."""

from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from fund.payments.models import Alert, BalanceTransactionRow, PayoutRow, ProcessorEvent

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


def kept_lines(session: Session, ids: list[str]) -> dict[str, tuple[int, int, int, str]]:
    """By id, the amount, fee, net and currency of Stripe's lines as they were read first."""
    line = BalanceTransactionRow
    query = select(line.id, line.amount, line.fee, line.net, line.currency).where(line.id.in_(ids))
    return {id_: (amount, fee, net, currency) for id_, amount, fee, net, currency in session.execute(query)}


def line_of_charge(session: Session, charge_id: str) -> tuple[int, int, str] | None:
    """`(fee, net, currency)` as Stripe settled a charge, minor units; None until its fee is known."""
    line = BalanceTransactionRow
    query = select(line.fee, line.net, line.currency).where(
        line.source == charge_id, line.reporting_category == "charge"
    )
    found = session.execute(query.limit(1)).first()
    return (found[0], found[1], found[2]) if found is not None else None


def newest_payouts(session: Session, *, before: tuple[datetime, str] | None = None, limit: int) -> list[PayoutRow]:
    """A page; `before` is the created time and id of the last one already shown."""
    query = select(PayoutRow).order_by(PayoutRow.created.desc(), PayoutRow.id.desc()).limit(limit)
    if before is not None:
        moment, id_ = before
        query = query.where(or_(PayoutRow.created < moment, and_(PayoutRow.created == moment, PayoutRow.id < id_)))
    return list(session.scalars(query))


def open_alerts(session: Session, *, limit: int) -> list[Alert]:
    """Oldest first."""
    return list(session.scalars(select(Alert).where(Alert.settled_at.is_(None)).order_by(Alert.id).limit(limit)))


def settled_alerts(session: Session, *, limit: int) -> list[Alert]:
    """The last settled first."""
    query = select(Alert).where(Alert.settled_at.is_not(None)).order_by(Alert.settled_at.desc(), Alert.id.desc())
    return list(session.scalars(query.limit(limit)))
