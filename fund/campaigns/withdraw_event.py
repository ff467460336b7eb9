from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.event_document import hide_document
from fund.campaigns.models import TimelineEvent
from fund.campaigns.queries_of_case import event_to_change
from fund.db.touch_page import touch_page


def withdraw_event(session: Session, *, event_id: int, actor: str, now: datetime) -> TimelineEvent:
    """Take an event off the page, the feeds and the calendar, its document with it. A draft is dropped the same way.

    It stays at the desk and can be published again; the audit log says who did what.
    """
    campaign, event = event_to_change(session, event_id)
    if event.state == "withdrawn":
        return event
    before, event.state, event.edited_at = event.state, "withdrawn", now
    hide_document(session, event)
    record_change(
        session,
        actor=actor,
        action="withdraw_event",
        subject=f"event:{event.id}",
        before={"state": before},
        after={"state": "withdrawn"},
        now=now,
    )
    session.flush()
    if before == "published":
        touch_page(session, campaign.id)
    return event
