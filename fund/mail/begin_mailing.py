from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.mail.models import Mailing
from fund.work.queue import Queue


def begin_mailing(
    session: Session,
    queue: Queue,
    *,
    key: str,
    kind: str,
    campaign_id: int | None,
    groups: tuple[str, ...],
    topic: str,
    actor: str,
    now: datetime,
) -> Mailing | None:
    """Have the worker write to everybody in `groups`, once this session commits; None when `key` was begun before.

    One row, whoever it is for: who gets it is written down later, a few hundred people at a time. The caller stores
    the bodies in the same session, one for each language and variant (`store_body(..., mailing=...)`).
    """
    row = {
        "key": key,
        "kind": kind,
        "campaign_id": campaign_id,
        "groups": ",".join(groups),
        "topic": topic,
        "created_by": actor,
        "created_at": now,
    }
    if not insert_new(session, Mailing, [row], unique=["key"]):
        return None
    mailing = session.scalars(select(Mailing).where(Mailing.key == key)).one()
    queue.enqueue(session, "fill_mailing", mailing.id)
    return mailing
