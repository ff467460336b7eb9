"""Taking one delivery for sending, and writing down what became of it."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from fund.mail.compose import Letter
from fund.mail.models import Delivery, MailBody
from fund.mail.render_message import Rendered
from fund.mail.rules import wait_before
from fund.mail.transport import Reply

UNAVAILABLE = "unavailable"
IN_DOUBT = "in doubt"
_WAITING = ("queued", "deferred")
_LATER, _NEVER = 400, 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try. `reply` is the server's, or a word of ours when it gave none."""

    delivery_id: int
    state: str
    reply: str


def claim_one(session: Session, *, now: datetime) -> int | None:
    """Mark the next delivery that is due as being sent and give its id; single messages go before mail to many.

    Several workers may do this at once: on PostgreSQL each skips what another has locked, SQLite has one writer.
    """
    for bulk in (False, True):
        for state in _WAITING:
            due = (Delivery.state == state, Delivery.bulk.is_(bulk), Delivery.due_at <= now)
            if (found := _claim_first(session, due, now=now)) is not None:
                return found
    return None


def load_letter(session: Session, delivery_id: int) -> Letter:
    """Raises UndecryptableError when the keys that the row was written with are gone."""
    delivery = session.execute(select(Delivery).where(Delivery.id == delivery_id)).scalar_one()
    body = session.execute(select(MailBody).where(MailBody.id == delivery.body_id)).scalar_one()
    return Letter(
        key=delivery.key,
        address=delivery.address,
        rendered=Rendered(subject=body.subject, text=body.text, html=body.html),
        personal=json.loads(delivery.personal),
        unsubscribe_url=delivery.unsubscribe_url,
        list_id=body.list_id,
    )


def outcome_of(delivery_id: int, reply: Reply) -> Outcome:
    said = f"{reply.code} {reply.enhanced}".strip()
    if reply.code < _LATER:
        return Outcome(delivery_id, "sent", said)
    return Outcome(delivery_id, "deferred" if reply.code < _NEVER else "failed", said)


def record_outcome(session: Session, outcome: Outcome, *, now: datetime) -> None:
    """Only of a delivery that still is `sending`: a person may have judged it meanwhile."""
    delivery = session.execute(select(Delivery.attempts).where(Delivery.id == outcome.delivery_id)).scalar_one()
    attempts = delivery + 1
    wait = wait_before(attempts) if outcome.state == "deferred" else None
    state = "failed" if outcome.state == "deferred" and wait is None else outcome.state
    values = {"state": state, "attempts": attempts, "last_reply": outcome.reply}
    if wait is not None:
        values["due_at"] = now + wait
    if state == "sent":
        values["sent_at"] = now
    session.execute(
        update(Delivery).where(Delivery.id == outcome.delivery_id, Delivery.state == "sending").values(values)
    )


def _claim_first(session: Session, due: tuple[ColumnElement[bool], ...], *, now: datetime) -> int | None:
    found = session.execute(
        select(Delivery.id).where(*due).order_by(Delivery.due_at).limit(1).with_for_update(skip_locked=True)
    ).scalar_one_or_none()
    if found is not None:
        session.execute(update(Delivery).where(Delivery.id == found).values(state="sending", claimed_at=now))
    return found
