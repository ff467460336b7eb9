"""Emptying an inbox: the one shape that `drain_events` and `drain_mail` share."""

import threading
import time
from collections.abc import Callable

from fund.db.session import Database
from fund.work.arm_drain import arm_drain, disarm_drain
from fund.work.queue import Queue
from fund.worker.one_shift import SHIFT_SECONDS


def drain(
    database: Database, queue: Queue, inbox: str, take_batch: Callable[[], int], stopping: threading.Event
) -> None:
    """Call `take_batch` until it has nothing left to take (0), the shift is over or the process is asked to end.

    Disarms first, and commits that: what is stored from here on arms the next drain.
    """
    with database.write() as session:
        disarm_drain(session, inbox)
    end = time.monotonic() + SHIFT_SECONDS
    while take_batch():
        if stopping.is_set() or time.monotonic() > end:
            rearm(database, queue, inbox)
            return


def rearm(database: Database, queue: Queue, inbox: str) -> None:
    """Have one more drain run, whatever the wake row says: the drain that armed it may have been called off."""
    with database.write() as session:
        disarm_drain(session, inbox)
        arm_drain(session, queue, inbox)
