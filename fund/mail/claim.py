"""Taking one delivery for sending, and writing down what became of it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, func, select, update
from sqlalchemy.orm import Session

from fund.mail.compose import Letter
from fund.mail.models import Delivery, MailBody
from fund.mail.render_message import Rendered
from fund.mail.rules import is_no_such_address, wait_before
from fund.mail.suppress import suppress
from fund.mail.transport import Reply

UNAVAILABLE = "unavailable"
IN_DOUBT = "in doubt"
UNREADABLE = "unreadable"
_LATER, _NEVER = 400, 500


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours to send. `attempts` is how often it was tried before."""

    delivery_id: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try. `reply` is the server's, or a word of ours when it gave none."""

    claim: Claim
    state: str
    reply: str
    no_such_address: bool = False


def claim_one(session: Session, *, now: datetime) -> Claim | None:
    """Mark the next delivery that is due and in no batch as being sent; single ones before an older release's to many.

    Several workers may do this at once: on PostgreSQL each skips what another has locked, SQLite has one writer.
    """
    row = session.execute(_CLAIM, {"due": now, "moment": now}).one_or_none()
    return Claim(row.id, row.attempts) if row else None


def load_letter(session: Session, claim: Claim, bodies: dict[int, MailBody]) -> Letter:
    """`bodies` keeps what many letters share. Raises UndecryptableError when the row's keys are gone."""
    row = session.execute(_LETTER, {"wanted": claim.delivery_id}).one()
    body = bodies.get(row.body_id) or session.scalars(_BODY, {"wanted": row.body_id}).one()
    if body.list_id:
        bodies[row.body_id] = body
    return Letter(
        key=row.key,
        address=row.address,
        rendered=Rendered(subject=body.subject, text=body.text, html=body.html),
        personal=json.loads(row.personal),
        unsubscribe_url=row.unsubscribe_url,
        list_id=body.list_id,
        message=body.message,
    )


def outcome_of(claim: Claim, reply: Reply) -> Outcome:
    said = f"{reply.code} {reply.enhanced}".strip()
    if reply.code < _LATER:
        return Outcome(claim, "sent", said)
    if reply.code < _NEVER:
        return Outcome(claim, "deferred", said)
    return Outcome(claim, "failed", said, no_such_address=is_no_such_address(reply.code, reply.enhanced))


def record_outcome(session: Session, outcome: Outcome, *, now: datetime) -> None:
    """Only of a delivery that still is `sending`: a person may have judged it meanwhile.

    One that was refused for ever is failed, and the desk lists it: somebody waits for it. An address that does not
    exist gets nothing more to many, as when a mailing finds it out.
    """
    attempts = outcome.claim.attempts + 1
    values: dict[str, Any] = {"state": outcome.state, "attempts": attempts, "last_reply": outcome.reply}
    if outcome.state == "deferred":
        wait = wait_before(attempts)
        values |= {"state": "failed"} if wait is None else {"due_at": now + wait}
    if outcome.state == "sent":
        values["sent_at"] = now
    session.execute(
        update(Delivery)
        .where(Delivery.id == outcome.claim.delivery_id, Delivery.state == "sending")
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if outcome.no_such_address:
        address_index = session.scalar(_INDEX, {"wanted": outcome.claim.delivery_id})
        suppress(session, address_index=address_index or "", reason="bounced", source="our mail server", now=now)


def _first_due(state: str, *, bulk: bool) -> ScalarSelect[int]:
    return (
        select(Delivery.id)
        .where(
            Delivery.state == state,
            Delivery.bulk.is_(bulk),
            Delivery.due_at <= bindparam("due"),
            Delivery.batch_id.is_(None),
        )
        .order_by(Delivery.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


# Built once: this runs for each message. COALESCE asks the next question only when the one before found nothing.
_CLAIM = (
    update(Delivery)
    .where(
        Delivery.id
        == func.coalesce(*(_first_due(state, bulk=bulk) for bulk in (False, True) for state in ("queued", "deferred")))
    )
    .values(state="sending", claimed_at=bindparam("moment"))
    .returning(Delivery.id, Delivery.attempts)
    .execution_options(synchronize_session=False)
)
_LETTER = select(Delivery.key, Delivery.body_id, Delivery.address, Delivery.personal, Delivery.unsubscribe_url).where(
    Delivery.id == bindparam("wanted")
)
_INDEX = select(Delivery.address_index).where(Delivery.id == bindparam("wanted"))
_BODY = select(MailBody).where(MailBody.id == bindparam("wanted"))
