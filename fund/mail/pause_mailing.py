from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.mail.models import Mailing
from fund.mail.queries_of_mailings import lock_mailing

RUNS = ("filling", "sending")


def pause_mailing(session: Session, *, mailing_id: int, reason: str = "person", actor: str, now: datetime) -> Mailing:
    """Nothing more of it is handed over, and nobody more is written down, until somebody resumes it.

    `reason` is person or complaints. What is with the mail server at this moment still goes. Repeating is harmless.
    Raises Refusal: 404 no such mailing, 409 it is over.
    """
    mailing = lock_mailing(session, mailing_id)
    if mailing.state == "paused":
        return mailing
    if mailing.state not in RUNS:
        raise Refusal("This mailing is over.", status=409)
    before = mailing.state
    mailing.state, mailing.paused_from, mailing.pause_reason = "paused", before, reason
    record_change(
        session,
        actor=actor,
        action="pause_mailing",
        subject=f"mailing:{mailing.id}",
        before={"state": before},
        after={"state": "paused", "reason": reason},
        now=now,
    )
    return mailing
