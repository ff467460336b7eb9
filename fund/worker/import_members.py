"""Imports a member list, a chunk at a time, so that nothing else has to wait for it."""

import threading
from datetime import datetime, timedelta

from fund.kit.clock import utc_now
from fund.members.import_chunk import import_chunk
from fund.members.imports import imports_nobody_is_at
from fund.web.services import Services
from fund.worker.one_shift import one_shift, with_breath

LEFT_ALONE = timedelta(minutes=1)


def import_members(services: Services, import_id: int, stopping: threading.Event) -> None:
    """Until it is done, was paused or cancelled, the shift is over, or the process is asked to end."""
    if one_shift(lambda: _import_next(services, import_id), stopping):
        with services.database.write() as session:
            services.queue.enqueue(session, "import_members", import_id)


def import_next(services: Services, import_id: int, stopping: threading.Event) -> bool:
    """One chunk, and a while in which others may write; whether there are more."""
    return with_breath(lambda: _import_next(services, import_id), stopping)


def _import_next(services: Services, import_id: int) -> bool:
    with services.database.write() as session:
        return import_chunk(session, import_id=import_id, now=utc_now())


def look_after_imports(services: Services, now: datetime) -> None:
    """Each minute: those that nobody is at go on."""
    with services.database.read() as session:
        left = imports_nobody_is_at(session, older_than=LEFT_ALONE, now=now)
    for import_id in left:
        with services.database.write() as session:
            services.queue.enqueue(session, "import_members", import_id)
