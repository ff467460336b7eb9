from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from fund.db.session import Database
from fund.payments.gateway import Envelope, Gateway
from fund.payments.receive_events import receive_events
from fund.reconciliation.models import Cursor
from fund.work.queue import Queue

CURSOR = "events"
OVERLAP = timedelta(hours=3)
KEPT = timedelta(days=30)
"""How long Stripe keeps events."""
AT_ONCE = 100


def catch_up_events(database: Database, queue: Queue, gateway: Gateway, *, now: datetime) -> tuple[int, bool]:
    """Put what Stripe's list has and our inbox has not into the inbox, oldest first, as if each had been delivered.

    Returns how many were new, and whether the list reached back to the last time: after more than thirty days it does
    not, and what is missing must be found among the objects. Reads from a little before its last place, so that what
    was dropped between two deliveries is found too.
    """
    with database.read() as session:
        cursor = session.get(Cursor, CURSOR)
        last = cursor.moment if cursor is not None else None
    oldest = now - KEPT
    since = max(oldest, last - OVERLAP) if last is not None else oldest
    new = 0
    for page in _pages(gateway.events_since(after=None, since=since)):
        with database.write() as session:
            new += receive_events(session, queue, envelopes=page, livemode=gateway.livemode, now=now)
    with database.write() as session:
        cursor = session.get(Cursor, CURSOR) or Cursor(name=CURSOR, last_id="")
        cursor.moment = now
        session.add(cursor)
    return new, last is None or last >= oldest


def _pages(envelopes: Iterable[Envelope]) -> Iterator[list[Envelope]]:
    rest = iter(envelopes)
    while page := list(islice(rest, AT_ONCE)):
        yield page
