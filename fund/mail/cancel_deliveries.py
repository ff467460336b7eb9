from collections.abc import Collection

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.mail.hold_batch import WAITING
from fund.mail.models import Delivery, MailBody, Mailing

PERHAPS_GONE = ("sending", "unsure")


def cancel_deliveries(session: Session, *, address: str, keep_lists: Collection[str] = (), only_list: str = "") -> int:
    """Stop what many get and this address has not got yet, except of the lists it keeps, or of one. Says how many.

    What one person's own act caused (a receipt) still goes out. Waits for who writes mailings down at this moment, and
    keeps them waiting until this session ends: they see either what was left, or that it is to be left out. What is
    with the mail server at this moment, or may have arrived, is not tried once more.
    """
    being_filled = select(Mailing.id).where(Mailing.state == "filling").order_by(Mailing.id)
    session.execute(being_filled.with_for_update(key_share=True))
    left = select(MailBody.id).where(MailBody.list_id != "", MailBody.list_id.not_in(keep_lists))
    if only_list:
        left = left.where(MailBody.list_id == only_list)
    theirs = Delivery.address_index.in_(address_indexes(address)), Delivery.body_id.in_(left)
    open_ones = select(Delivery.id).where(*theirs, Delivery.state.in_((*WAITING, *PERHAPS_GONE))).order_by(Delivery.id)
    session.execute(open_ones.with_for_update())  # a worker that writes one down at this moment comes first
    session.execute(
        update(Delivery)
        .where(*theirs, Delivery.state.in_(PERHAPS_GONE), Delivery.batch_id.is_not(None))
        .values(claimed_at=None)
        .execution_options(synchronize_session=False)
    )
    stopped = session.execute(
        update(Delivery)
        .where(*theirs, Delivery.state.in_(WAITING))
        .values(state="cancelled")
        .execution_options(synchronize_session=False)
    )
    return stopped.rowcount if isinstance(stopped, CursorResult) else 0
