from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.mail.models import Mailing
from fund.mail.queries_of_mailings import lock_mailing
from fund.work.arm_drain import arm_drain
from fund.work.queue import Queue


def resume_mailing(session: Session, queue: Queue, *, mailing_id: int, actor: str, now: datetime) -> Mailing:
    """Go on where it was. The complaints there are, are known to whoever resumes it: only further ones pause it again.

    Repeating is harmless. Raises Refusal: 404 no such mailing, 409 it is over.
    """
    mailing = lock_mailing(session, mailing_id)
    if mailing.state in ("filling", "sending"):
        return mailing
    if mailing.state != "paused":
        raise Refusal("This mailing is over.", status=409)
    record_change(
        session,
        actor=actor,
        action="resume_mailing",
        subject=f"mailing:{mailing.id}",
        before={"state": "paused", "reason": mailing.pause_reason, "complaints": mailing.complaints},
        after={"state": mailing.paused_from},
        now=now,
    )
    mailing.state, mailing.paused_from, mailing.pause_reason = mailing.paused_from, "", ""
    mailing.complaints_accepted = mailing.complaints
    if mailing.state == "filling":
        queue.enqueue(session, "fill_mailing", mailing.id)
    arm_drain(session, queue, "mailings")
    return mailing
