"""Mailing an event of the timeline: to how many, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from fund.campaigns.models import TimelineEvent
from fund.mail.models import Mailing
from fund.updates.announce_event import announce_event
from fund.updates.begin_campaign_mailing import EVERYBODY
from fund.updates.count_recipients import count_recipients
from fund.updates.event_mailings import mailing_of_event
from fund.updates.rules import TIMELINE, is_recent
from fund.web.guards import the_member
from fund.web.services import services

BOX = "mail_it"


@dataclass(frozen=True, slots=True)
class EventMail:
    asked: int
    """How many addresses would be written to now."""
    ticked: bool
    mailing: Mailing | None
    """Begun before: it is never begun again."""


def event_mail(session: Session, event: TimelineEvent, *, now: datetime) -> EventMail:
    """What the page says beside the button. The box is ticked for what is ahead or recent, else as it was sent."""
    reach = count_recipients(session, campaign_id=event.campaign_id, groups=EVERYBODY, topic=TIMELINE)
    ticked = BOX in request.form if request.endpoint == "desk.event_publish" else is_recent(event.happens_on, now=now)
    return EventMail(reach.total, ticked, mailing_of_event(session, event.id))


def announce_if_ticked(session: Session, event: TimelineEvent, *, now: datetime) -> bool:
    """In the session that published it at `now`. Whether mails are on their way."""
    if BOX not in request.form:
        return False
    given, actor = services(), the_member().actor
    mailing = announce_event(session, given.queue, given.sender, given.addresses, event=event, actor=actor, now=now)
    return mailing is not None
