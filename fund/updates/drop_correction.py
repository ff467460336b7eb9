from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.updates.queries import prepared_correction, update_to_change
from fund.updates.reviews import standing


def drop_correction(session: Session, *, update_id: int, actor: str, now: datetime) -> None:
    """Forget a correction that was only prepared; it stays in the audit log. Repeating is harmless."""
    update = update_to_change(session, update_id)
    correction = prepared_correction(session, update_id, lock=True)
    if correction is None:
        return
    if standing(session, update).with_counsel:
        raise Refusal("This update is with counsel. Call it back before you change it.", status=409)
    before = {"correction": correction.id, "words": correction.words}
    session.delete(correction)
    record_change(session, actor=actor, action="drop_correction", subject=f"update:{update_id}", before=before, now=now)
