from collections.abc import Collection

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.mail.models import Delivery, MailBody


def cancel_deliveries(session: Session, *, address: str, keep_lists: Collection[str] = ()) -> int:
    """Stop what many get and this address has not got yet, except of the lists it keeps. Says how many.

    What one person's own act caused (a receipt) still goes out.
    """
    left = select(MailBody.id).where(MailBody.list_id != "", MailBody.list_id.not_in(keep_lists))
    stopped = session.execute(
        update(Delivery)
        .where(
            Delivery.address_index.in_(address_indexes(address)),
            Delivery.state.in_(("queued", "deferred")),
            Delivery.body_id.in_(left),
        )
        .values(state="cancelled")
        .execution_options(synchronize_session=False)
    )
    return stopped.rowcount if isinstance(stopped, CursorResult) else 0
