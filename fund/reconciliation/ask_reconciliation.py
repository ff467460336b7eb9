from datetime import datetime

from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.reconciliation.models import Cursor
from fund.reconciliation.queries import ASKED, GIVEN_UP_AFTER, asked_at
from fund.work.queue import Queue


def ask_reconciliation(session: Session, queue: Queue, *, repair: bool, actor: str, now: datetime) -> None:
    """Have the worker compare the books with Stripe's, and before that, with `repair`, book what is missing.

    One at a time: refused while another is under way, unless that one must have failed.
    """
    cursor = session.get(Cursor, ASKED, with_for_update=True)
    asked = asked_at(session)
    if asked is not None and now - asked < GIVEN_UP_AFTER:
        raise Refusal("A comparison is under way already.", status=409)
    if cursor is None:
        cursor = Cursor(name=ASKED, last_id="")
        session.add(cursor)
    cursor.moment = now
    queue.enqueue(session, "reconcile", actor, int(repair))
