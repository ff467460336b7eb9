from datetime import UTC, datetime

from fund.db.session import Database
from fund.payments.gateway import Envelope
from fund.payments.receive_events import receive_events
from fund.work.queue import Queue

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def make_envelope(id_: str = "evt_1", type_: str = "customer.created") -> Envelope:
    """A verified event; of a type that ends as ignored, unless `type_` says otherwise."""
    return Envelope(
        id=id_,
        type=type_,
        livemode=False,
        api_version=None,
        account=None,
        object_id="obj_1",
        object_type=type_.rpartition(".")[0],
        created=NOON,
        body_sha256="0" * 64,
    )


def store_events(database: Database, queue: Queue, *ids: str, now: datetime = NOON) -> None:
    """As the webhook does, in one transaction."""
    with database.write() as session:
        receive_events(session, queue, envelopes=[make_envelope(id_) for id_ in ids], livemode=False, now=now)
