from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.files.models import StoredFile
from fund.kit.errors import Refusal
from fund.updates.models import Attachment
from fund.updates.queries import draft_to_change
from fund.updates.reviews import standing


def detach_file(session: Session, *, update_id: int, file_id: str, actor: str, now: datetime) -> None:
    """Take a file away from a draft, and forget it: it was never public. Repeating is harmless."""
    draft = draft_to_change(session, update_id)
    attachment = session.get(Attachment, (update_id, file_id))
    if attachment is None:
        return
    if standing(session, draft).with_counsel:
        raise Refusal("This update is with counsel. Call it back before you change it.", status=409)
    before = {"file": file_id, "words": attachment.words}
    session.delete(attachment)
    session.flush()
    session.execute(delete(StoredFile).where(StoredFile.id == file_id))
    draft.edited_at = now
    record_change(session, actor=actor, action="detach_file", subject=f"update:{update_id}", before=before, now=now)
