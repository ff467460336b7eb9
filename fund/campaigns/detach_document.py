from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.event_document import hide_document
from fund.campaigns.models import TimelineEvent
from fund.campaigns.queries_of_case import event_to_change
from fund.db.touch_page import touch_page


def detach_document(session: Session, *, event_id: int, actor: str, now: datetime) -> TimelineEvent:
    """Take the PDF away from an event; its address answers nobody any more."""
    campaign, event = event_to_change(session, event_id)
    if event.file_id is None:
        return event
    before = event.file_id
    hide_document(session, event)
    event.file_id, event.edited_at = None, now
    record_change(
        session,
        actor=actor,
        action="detach_document",
        subject=f"event:{event.id}",
        before={"file": before},
        after={"file": None},
        now=now,
    )
    session.flush()
    if event.state == "published":
        touch_page(session, campaign.id)
    return event
