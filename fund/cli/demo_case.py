"""The case around a campaign of the demo: counsel, what has happened, and a revision in public."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fund.campaigns.add_counsel import add_counsel
from fund.campaigns.case_forms import CounselForm, EventForm
from fund.campaigns.draft_event import draft_event
from fund.campaigns.models import Campaign
from fund.campaigns.publish_event import publish_event
from fund.campaigns.queries import current_schedule
from fund.campaigns.revise_schedule import revise_schedule
from fund.campaigns.schedule_as_form import schedule_as_form
from fund.cli.demo_story import DemoCounsel, DemoEvent, DemoRevision

ACTOR = "command"


def name_counsel(session: Session, campaign: Campaign, counsel: DemoCounsel, *, now: datetime) -> None:
    """Before the launch, with consent on the first day."""
    since = (now - timedelta(days=counsel.since_days_ago)).date()
    form = CounselForm(name=counsel.name, firm=counsel.firm, from_on=since, consented_on=since)
    add_counsel(session, campaign_id=campaign.id, form=form, reason={}, actor=ACTOR, now=now)


def tell_events(session: Session, campaign: Campaign, events: list[DemoEvent], *, now: datetime) -> None:
    for event in events:
        form = EventForm(
            kind=event.kind,
            day=(now - timedelta(days=event.days_ago)).date(),
            title=event.title,
            text=event.text,
            court=event.court,
            outcome=event.outcome,
            at=event.at,
            zone=event.zone,
        )
        moment = min(now, now - timedelta(days=event.days_ago))
        drafted = draft_event(session, campaign_id=campaign.id, form=form, actor=ACTOR, now=moment)
        publish_event(session, event_id=drafted.id, actor=ACTOR, now=moment)


def revise(session: Session, campaign: Campaign, revision: DemoRevision, *, now: datetime) -> None:
    """The schedule as it stands, and what the revision adds."""
    old = schedule_as_form(current_schedule(session, campaign.id))
    revise_schedule(
        session,
        campaign_id=campaign.id,
        form=replace(old, lines=old.lines + revision.lines, stages=old.stages + revision.stages),
        reason=revision.reason,
        seen=campaign.updated_at.isoformat(),
        actor=ACTOR,
        now=now - timedelta(days=revision.days_ago),
    )
