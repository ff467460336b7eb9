from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_into
from fund.payments.gateway import Envelope
from fund.payments.models import ProcessorEvent
from fund.work.arm_drain import arm_drain
from fund.work.queue import Queue


def receive_events(
    session: Session, queue: Queue, *, envelopes: Sequence[Envelope], livemode: bool, now: datetime
) -> int:
    """Keep verified events, each once, and wake the worker; how many had not been kept before.

    `livemode` is this installation's own: an event of the other mode is kept as rejected, one of a connected account
    as foreign, and neither has any effect.
    """
    connection = session.connection()
    rows = [_row(envelope, livemode=livemode, now=now) for envelope in envelopes]
    new = connection.execute(_insert(connection.dialect.name), rows).rowcount
    if new and any(row["state"] == "stored" for row in rows):
        arm_drain(session, queue, "events")
    return new


@cache
def _insert(dialect: str) -> Executable:
    """Built once and sent past the ORM: events come in bursts, and building it costs more than the rows."""
    statement: Executable = insert_into(dialect, ProcessorEvent).on_conflict_do_nothing(index_elements=["id"])
    # The number of rows over all of them, which both drivers know and SQLAlchemy by itself does not pass on.
    return statement.execution_options(preserve_rowcount=True)


def _row(envelope: Envelope, *, livemode: bool, now: datetime) -> dict[str, Any]:
    state, outcome = _first_state(envelope, livemode=livemode)
    return {
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


def _first_state(envelope: Envelope, *, livemode: bool) -> tuple[str, str]:
    if envelope.livemode != livemode:
        return "rejected", "of the other mode (test or live)"
    if envelope.account is not None:
        return "foreign", "of a connected account"
    return "stored", ""
