from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.members.imports import find_import
from fund.members.models import ImportChunk, MemberImport
from fund.work.queue import Queue

ACTS = {
    "pause": (("running", "paused"), "paused"),
    "continue": (("paused", "running"), "running"),
    "cancel": (("preview", "running", "paused", "cancelled"), "cancelled"),
}
"""From which states, and to which."""


def steer_import(
    session: Session, queue: Queue | None, *, import_id: int, act: str, actor: str, now: datetime
) -> MemberImport:
    """`pause`, `continue` or `cancel` it. The same twice is harmless. Who was added stays added.

    What is cancelled forgets its rows. Without `queue` the caller goes on with the work.
    """
    found = find_import(session, import_id, lock=True)
    states, target = ACTS[act]
    if found.state not in states:
        raise Refusal("This import has come to its end.", status=409)
    if found.state == target:
        return found
    before, found.state, found.worked_at = found.state, target, now
    if act == "cancel":
        found.ended_at = now
        session.execute(delete(ImportChunk).where(ImportChunk.import_id == import_id))
    if act == "continue" and queue is not None:
        queue.enqueue(session, "import_members", found.id)
    record_change(
        session,
        actor=actor,
        action=f"{act}_import",
        subject=f"import:{found.id}",
        before={"state": before},
        after={"state": target, "rows_done": found.rows_done},
        now=now,
    )
    return found
