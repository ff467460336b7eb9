from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.case_forms import EventForm
from fund.campaigns.event_words import as_audit, as_columns, event_values
from fund.campaigns.models import TimelineEvent
from fund.campaigns.queries_of_case import campaign_events, campaign_to_change


def draft_event(session: Session, *, campaign_id: int, form: EventForm, actor: str, now: datetime) -> TimelineEvent:
    """Keep something that happened in the case, or will; nobody outside the desk sees it yet. Twice the same is one."""
    campaign = campaign_to_change(session, campaign_id)
    values = event_values(campaign, form)
    for known in campaign_events(session, campaign_id):
        if known.state == "draft" and as_columns(known) == values:
            return known
    event = TimelineEvent(campaign_id=campaign.id, state="draft", created_at=now, edited_at=now, **values)
    session.add(event)
    session.flush()
    record_change(
        session,
        actor=actor,
        action="draft_event",
        subject=f"event:{event.id}",
        after={"campaign": campaign.id, **as_audit(values)},
        now=now,
    )
    return event
