from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.case_rules import check_titles
from fund.campaigns.models import TimelineEvent
from fund.campaigns.queries import PUBLIC
from fund.campaigns.queries_of_case import event_to_change
from fund.db.touch_page import touch_page
from fund.files.show_file import show_file
from fund.kit.errors import Refusal


def publish_event(session: Session, *, event_id: int, actor: str, now: datetime) -> TimelineEvent:
    """Show an event and its document to everybody. Publishing again changes nothing."""
    campaign, event = event_to_change(session, event_id)
    if event.state == "published":
        return event
    if campaign.status not in PUBLIC:
        raise Refusal("Launch the campaign first: nobody can read it yet.", status=409)
    check_titles(event.title, sorted(text.locale for text in campaign.texts))
    before, event.state, event.published_at = event.state, "published", now
    event.edited_at = now
    if event.file_id is not None:
        show_file(session, file_id=event.file_id, shown=True)
    record_change(
        session,
        actor=actor,
        action="publish_event",
        subject=f"event:{event.id}",
        before={"state": before},
        after={"state": "published"},
        now=now,
    )
    session.flush()
    touch_page(session, campaign.id)
    return event
