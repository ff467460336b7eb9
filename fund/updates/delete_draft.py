from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.updates.models import Review
from fund.updates.queries import attachments, draft_to_change


def delete_draft(session: Session, *, update_id: int, actor: str, now: datetime) -> None:
    """Drop a draft; its text stays in the audit log. What was published stays: refused (409)."""
    draft = draft_to_change(session, update_id)
    for attachment, stored in attachments(session, update_id):
        session.delete(attachment)
        session.flush()
        session.delete(stored)
    session.execute(delete(Review).where(Review.update_id == update_id))
    before = {"campaign": draft.campaign_id, "texts": {text.locale: [text.title, text.body] for text in draft.texts}}
    session.delete(draft)
    record_change(session, actor=actor, action="delete_draft", subject=f"update:{update_id}", before=before, now=now)
