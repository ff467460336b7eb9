from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.mail.models import Delivery, MailBatch, Mailing
from fund.work.arm_drain import arm_drain
from fund.work.queue import Queue

VERDICTS = {"sent": "sent", "again": "queued"}


def judge_unsure(
    session: Session, queue: Queue, *, delivery_id: int, verdict: str, actor: str, now: datetime
) -> Delivery:
    """A person has looked at an unsure mail: it arrived (`sent`), or it is to be sent once more (`again`).

    Raises Refusal: 404 no such mail, 409 it is not unsure (any more), or whoever it is for has left, 422 on `verdict`.
    """
    if verdict not in VERDICTS:
        raise Refusal("Choose one of the two answers.", field="verdict")
    delivery = session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if delivery is None:
        raise Refusal("There is no such mail.", status=404)
    if delivery.state != "unsure":
        raise Refusal("This mail is not unsure any more.", status=409)
    if verdict == "again" and delivery.batch_id is not None and delivery.claimed_at is None:
        raise Refusal("Whoever this mail is for wants no such mail any more.", status=409)
    delivery.state, delivery.due_at = VERDICTS[verdict], now
    if verdict == "sent":
        delivery.sent_at = delivery.claimed_at or now
    else:
        _have_sent(session, queue, delivery, now)
    record_change(
        session,
        actor=actor,
        action="judge_unsure",
        subject=f"delivery:{delivery.id}",
        before={"state": "unsure"},
        after={"state": delivery.state},
        now=now,
    )
    return delivery


def _have_sent(session: Session, queue: Queue, delivery: Delivery, now: datetime) -> None:
    """Its batch has something to do again, and so has its mailing, if that was done."""
    if delivery.batch_id is None:
        arm_drain(session, queue, "mail")
        return
    session.execute(update(MailBatch).where(MailBatch.id == delivery.batch_id).values(next_due=now))
    done = update(Mailing).where(Mailing.id == delivery.mailing_id, Mailing.state == "done")
    session.execute(done.values(state="sending", ended_at=None))
    arm_drain(session, queue, "mailings")
