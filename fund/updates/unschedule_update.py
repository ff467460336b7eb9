from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.clock import rfc3339
from fund.kit.errors import Refusal
from fund.updates.models import Update
from fund.updates.queries import update_to_change


def unschedule_update(session: Session, *, update_id: int, actor: str, now: datetime) -> Update:
    """Take a scheduled update back to the drafts; a draft stays one. Raises Refusal (409) once it is published."""
    update = update_to_change(session, update_id)
    if update.state == "draft":
        return update
    if update.state != "scheduled" or update.publish_at is None:
        raise Refusal("This update was published already. Its text is frozen.", status=409)
    record_change(
        session,
        actor=actor,
        action="unschedule_update",
        subject=f"update:{update.id}",
        before={"state": "scheduled", "publish_at": rfc3339(update.publish_at)},
        after={"state": "draft"},
        now=now,
    )
    update.state, update.publish_at = "draft", None
    return update
