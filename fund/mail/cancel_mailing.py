from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.mail.models import Mailing
from fund.mail.queries_of_mailings import lock_mailing


def cancel_mailing(session: Session, *, mailing_id: int, actor: str, now: datetime) -> Mailing:
    """Nobody who has not got it gets it, for good. The worker marks what was waiting, batch by batch.

    What is with the mail server at this moment still goes. Repeating is harmless. Raises Refusal: 404 no such mailing,
    409 it is done.
    """
    mailing = lock_mailing(session, mailing_id)
    if mailing.state == "cancelled":
        return mailing
    if mailing.state == "done":
        raise Refusal("This mailing is over.", status=409)
    before = mailing.state
    mailing.state, mailing.paused_from, mailing.pause_reason, mailing.ended_at = "cancelled", "", "", now
    record_change(
        session,
        actor=actor,
        action="cancel_mailing",
        subject=f"mailing:{mailing.id}",
        before={"state": before},
        after={"state": "cancelled"},
        now=now,
    )
    return mailing
