from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.event_document import hide_document
from fund.campaigns.models import TimelineEvent
from fund.campaigns.queries_of_case import event_to_change
from fund.db.touch_page import touch_page
from fund.files.keep_pdf import keep_pdf
from fund.files.show_file import show_file


def attach_document(
    session: Session, *, event_id: int, content: bytes, name: str, actor: str, now: datetime
) -> TimelineEvent:
    """Put a PDF beside an event, in the place of the one that was there. Refusals as keep_pdf's."""
    campaign, event = event_to_change(session, event_id)
    stored = keep_pdf(session, content=content, name=name, actor=actor, now=now)
    before = event.file_id
    hide_document(session, event)
    event.file_id, event.edited_at = stored.id, now
    record_change(
        session,
        actor=actor,
        action="attach_document",
        subject=f"event:{event.id}",
        before={"file": before},
        after={"file": stored.id, "name": stored.name, "size": stored.size, "sha256": stored.sha256},
        now=now,
    )
    session.flush()
    if event.state == "published":
        show_file(session, file_id=stored.id, shown=True)
        touch_page(session, campaign.id)
    return event
