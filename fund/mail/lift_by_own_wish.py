from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.types import address_indexes
from fund.mail.models import Suppression


def lift_by_own_wish(session: Session, *, address: str, now: datetime) -> bool:
    """Mail to many goes to `address` again: its owner asked for mail by a link that was sent there.

    That proves that the address works and whose wish it is, so it outweighs a bounce, an earlier wish and a complaint.
    Whether anything stood against it.
    """
    rows = select(Suppression).where(Suppression.address_index.in_(address_indexes(address))).with_for_update()
    found = list(session.scalars(rows))
    for row in found:
        record_change(
            session,
            actor="link",
            action="lift_by_own_wish",
            subject=f"suppression:{row.id}",
            before={"reason": row.reason, "source": row.source, "since": row.since.isoformat()},
            now=now,
        )
        session.delete(row)
    session.flush()
    return bool(found)
