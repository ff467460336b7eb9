from datetime import datetime

from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.payments.gateway import Envelope
from fund.payments.models import ProcessorEvent
from fund.work.arm_drain import arm_drain
from fund.work.queue import Queue


def receive_event(session: Session, queue: Queue, *, envelope: Envelope, livemode: bool, now: datetime) -> bool:
    """Keep a verified event once and wake the worker; False if it was kept before.

    `livemode` is this installation's own: an event of the other mode is kept as rejected, one of a connected account
    as foreign, and neither has any effect.
    """
    state, outcome = _first_state(envelope, livemode=livemode)
    values = {
        "id": envelope.id,
        "type": envelope.type,
        "livemode": envelope.livemode,
        "api_version": envelope.api_version,
        "account": envelope.account,
        "object_id": envelope.object_id,
        "object_type": envelope.object_type,
        "created": envelope.created,
        "received_at": now,
        "body_sha256": envelope.body_sha256,
        "state": state,
        "outcome": outcome,
        "attempts": 0,
    }
    if not insert_new(session, ProcessorEvent, [values], unique=["id"]):
        return False
    if state == "stored":
        arm_drain(session, queue, "events")
    return True


def _first_state(envelope: Envelope, *, livemode: bool) -> tuple[str, str]:
    if envelope.livemode != livemode:
        return "rejected", "of the other mode (test or live)"
    if envelope.account is not None:
        return "foreign", "of a connected account"
    return "stored", ""
