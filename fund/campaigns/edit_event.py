from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.case_forms import EventForm
from fund.campaigns.event_words import as_audit, as_columns, event_values
from fund.campaigns.models import TimelineEvent
from fund.campaigns.queries_of_case import event_to_change
from fund.db.touch_page import touch_page
from fund.kit.errors import Refusal


def edit_event(
    session: Session, *, event_id: int, form: EventForm, seen: datetime | None = None, actor: str, now: datetime
) -> TimelineEvent:
    """Change an event, published or not: a hearing is put off, an order gets its outcome. The audit log keeps both.

    Raises Refusal 409 when it was changed since `seen`, its `edited_at` that the form was made from.
    """
    campaign, event = event_to_change(session, event_id)
    values, before = event_values(campaign, form), as_columns(event)
    if values == before:
        return event
    if seen is not None and event.edited_at != seen:
        raise Refusal("Somebody else changed this event meanwhile. Look at their version first.", status=409)
    changed = [name for name, value in values.items() if before[name] != value]
    for name in changed:
        setattr(event, name, values[name])
    event.edited_at = now
    record_change(
        session,
        actor=actor,
        action="edit_event",
        subject=f"event:{event.id}",
        before=as_audit({name: before[name] for name in changed}),
        after=as_audit({name: values[name] for name in changed}),
        now=now,
    )
    session.flush()
    if event.state == "published":
        touch_page(session, campaign.id)
    return event
