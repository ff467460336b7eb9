from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, load_only

from fund.db.types import address_indexes
from fund.mail.models import Delivery, MailBody

TROUBLE = ("failed", "unsure")


def counts_by_state(session: Session, *, key_prefix: str = "") -> dict[str, int]:
    """How many deliveries stand in each state; `update:7:` counts those of one update."""
    counted = select(Delivery.state, func.count()).group_by(Delivery.state)
    if key_prefix:
        counted = counted.where(Delivery.key.startswith(key_prefix, autoescape=True))
    return dict(session.execute(counted).all())


def count_trouble(session: Session) -> dict[str, int]:
    """Failed and unsure ones, from an index of those alone: the desk asks at each visit."""
    counted = select(Delivery.state, func.count()).where(Delivery.state.in_(TROUBLE)).group_by(Delivery.state)
    return dict(session.execute(counted).all())


def has_due(session: Session, *, now: datetime) -> bool:
    """Whether a drain has anything to do: mail to many is sent in its batches."""
    waiting = (
        select(Delivery.id)
        .where(Delivery.state == state, Delivery.bulk.is_(bulk), Delivery.due_at <= now, Delivery.batch_id.is_(None))
        .limit(1)
        for state in ("queued", "deferred")
        for bulk in (False, True)
    )
    return any(session.execute(one).first() is not None for one in waiting)


def troubled_deliveries(session: Session, *, limit: int = 100) -> list[tuple[Delivery, str]]:
    """Failed and unsure ones, newest first, each with the name of its message; the address stays sealed."""
    found = (
        select(Delivery, MailBody.message)
        .join(MailBody, MailBody.id == Delivery.body_id)
        .where(Delivery.state.in_(TROUBLE))
        .order_by(Delivery.id.desc())
        .limit(limit)
        .options(
            load_only(Delivery.state, Delivery.attempts, Delivery.last_reply, Delivery.created_at, Delivery.mailing_id)
        )
    )
    return [(delivery, message) for delivery, message in session.execute(found)]


def newest_to(session: Session, address: str, *, key_prefix: str) -> datetime | None:
    """When the newest delivery to `address` was queued whose key begins so; None without one."""
    moment: datetime | None = session.scalar(
        select(func.max(Delivery.created_at)).where(
            Delivery.address_index.in_(address_indexes(address)),
            Delivery.key.startswith(key_prefix, autoescape=True),
        )
    )
    return moment
