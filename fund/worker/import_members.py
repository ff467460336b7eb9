"""Imports a member list, a chunk at a time, so that nothing else has to wait for it."""

import threading
import time
from datetime import datetime, timedelta

from fund.kit.clock import utc_now
from fund.members.import_chunk import import_chunk
from fund.members.imports import imports_nobody_is_at
from fund.web.services import Services

SHIFT_SECONDS = 5 * 60
LEFT_ALONE = timedelta(minutes=1)
_BREATH = 0.5
"""Of the time that a chunk took, how much others get before the next one."""


def import_members(services: Services, import_id: int, stopping: threading.Event) -> None:
    """Until it is done, was paused or cancelled, the shift is over, or the process is asked to end."""
    end = time.monotonic() + SHIFT_SECONDS
    more = True
    while more and not stopping.is_set() and time.monotonic() < end:
        more = import_next(services, import_id, stopping)
    if more:
        with services.database.write() as session:
            services.queue.enqueue(session, "import_members", import_id)


def import_next(services: Services, import_id: int, stopping: threading.Event) -> bool:
    """One chunk, and a while in which others may write; whether there are more."""
    begun = time.monotonic()
    with services.database.write() as session:
        more = import_chunk(session, import_id=import_id, now=utc_now())
    stopping.wait((time.monotonic() - begun) * _BREATH)
    return more


def look_after_imports(services: Services, now: datetime) -> None:
    """Each minute: those that nobody is at go on."""
    with services.database.read() as session:
        left = imports_nobody_is_at(session, older_than=LEFT_ALONE, now=now)
    for import_id in left:
        with services.database.write() as session:
            services.queue.enqueue(session, "import_members", import_id)
