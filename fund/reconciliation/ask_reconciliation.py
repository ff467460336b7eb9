from datetime import datetime

from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.kit.errors import Refusal
from fund.reconciliation.models import Cursor
from fund.reconciliation.queries import ASKED, GIVEN_UP_AFTER, asked_at
from fund.work.queue import Queue


def ask_reconciliation(session: Session, queue: Queue, *, repair: bool, actor: str, now: datetime) -> None:
    """Have the worker compare the books with Stripe's, and before that, with `repair`, book what is missing.

    One at a time: refused while another is under way, unless that one must have failed.
    """
    insert_new(session, Cursor, [{"name": ASKED, "moment": None, "last_id": ""}], unique=["name"])
    cursor = session.get_one(Cursor, ASKED, with_for_update=True)
    asked = asked_at(session)
    if asked is not None and now - asked < GIVEN_UP_AFTER:
        raise Refusal("A comparison is under way already.", status=409)
    cursor.moment = now
    queue.enqueue(session, "reconcile", actor, int(repair))
