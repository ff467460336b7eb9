"""The case's timeline at the desk: written, shown, taken back; a PDF beside an event."""

from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from fund.campaigns.attach_document import attach_document
from fund.campaigns.case_forms import EventForm
from fund.campaigns.case_rules import KINDS, ZONES
from fund.campaigns.detach_document import detach_document
from fund.campaigns.draft_event import draft_event
from fund.campaigns.edit_event import edit_event
from fund.campaigns.models import Campaign, TimelineEvent
from fund.campaigns.publish_event import publish_event
from fund.campaigns.queries_of_case import campaign_events
from fund.campaigns.withdraw_event import withdraw_event
from fund.desk.answers import done, errors_of
from fund.desk.event_mail import announce_if_ticked, event_mail
from fund.desk.find import find_campaign, find_event
from fund.desk.typed_case import by_locale, typed
from fund.desk.typed_days import day_value, read_date, read_time_or_none
from fund.desk.typed_update import seen_at
from fund.files.models import StoredFile
from fund.files.queries import find_file
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.updates.call_back_event import call_back_event
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session
from fund.web.uploads import takes_files

TEXTS = ("title", "text", "court", "outcome")


@needs("edit_timeline")
def timeline(campaign_id: int) -> str:
    campaign = find_campaign(campaign_id)
    return render_template("desk/timeline.html", campaign=campaign, events=campaign_events(read_session(), campaign_id))


@takes_files
@needs("edit_timeline")
def new(campaign_id: int) -> Answer:
    campaign = find_campaign(campaign_id)
    if request.method == "GET":
        return _page(campaign, None, _blank(campaign), {})
    values = typed()
    try:
        with write_session() as session:
            form, actor, now = _form(values), the_member().actor, utc_now()
            event = draft_event(session, campaign_id=campaign_id, form=form, actor=actor, now=now)
            _keep_document(session, event.id, values)
    except Refusal as refusal:
        return _page(campaign, None, values, errors_of(refusal)), refusal.status
    return done(
        gettext("The draft is kept. Nobody outside the desk sees it."), url_for("desk.event", event_id=event.id)
    )


@takes_files
@needs("edit_timeline")
def edit(event_id: int) -> Answer:
    event = find_event(event_id)
    campaign = find_campaign(event.campaign_id)
    if request.method == "GET":
        return _page(campaign, event, _values(event), {})
    values = typed()
    try:
        with write_session() as session:
            form, actor, now = _form(values), the_member().actor, utc_now()
            edit_event(session, event_id=event_id, form=form, seen=seen_at(), actor=actor, now=now)
            _keep_document(session, event_id, values)
    except Refusal as refusal:
        return _page(campaign, event, values, errors_of(refusal)), refusal.status
    return done(gettext("The event is saved."), url_for("desk.event", event_id=event_id))


@needs("edit_timeline")
def publish(event_id: int) -> Answer:
    """With the box ticked, whoever asked for each event is written to, once for ever."""
    event, now = find_event(event_id), utc_now()
    try:
        with write_session() as session:
            published = publish_event(session, event_id=event_id, actor=the_member().actor, now=now)
            mailed = announce_if_ticked(session, published, now=now)
    except Refusal as refusal:
        campaign = find_campaign(event.campaign_id)
        return _page(campaign, event, _values(event), errors_of(refusal)), refusal.status
    said = (
        gettext("The event is public, and its mails are on their way.") if mailed else gettext("The event is public.")
    )
    return done(said, url_for("desk.timeline", campaign_id=event.campaign_id))


@needs("edit_timeline")
def withdraw(event_id: int) -> Answer:
    """Its mails that have not left are stopped with it."""
    event, actor, now = find_event(event_id), the_member().actor, utc_now()
    with write_session() as session:
        withdraw_event(session, event_id=event_id, actor=actor, now=now)
        stopped = call_back_event(session, event_id=event_id, actor=actor, now=now)
    said = gettext("The event is no longer public.")
    if stopped:
        said = gettext("The event is no longer public, and its mails that had not left are stopped.")
    return done(said, url_for("desk.timeline", campaign_id=event.campaign_id))


def _keep_document(session: Session, event_id: int, values: dict[str, str]) -> None:
    """The file that came with the form, or none any more."""
    sent: FileStorage | None = request.files.get("file")
    actor, now = the_member().actor, utc_now()
    if sent is not None and sent.filename:
        attach_document(session, event_id=event_id, content=sent.read(), name=sent.filename, actor=actor, now=now)
    elif values.get("drop_file"):
        detach_document(session, event_id=event_id, actor=actor, now=now)


def _form(values: dict[str, str]) -> EventForm:
    return EventForm(
        kind=values.get("kind", ""),
        day=read_date(values.get("day", ""), field="day"),
        at=read_time_or_none(values.get("at", ""), field="at"),
        zone=values.get("zone", "UTC"),
        file_number=values.get("file_number", ""),
        **{name: by_locale(values, name) for name in TEXTS},
    )


def _blank(campaign: Campaign) -> dict[str, str]:
    """With the court, the file and the clock of the last event that was entered."""
    last = max(campaign_events(read_session(), campaign.id), key=lambda event: event.id, default=None)
    values = {"kind": KINDS[0], "day": day_value(utc_now()), "file_number": campaign.file_number}
    values["zone"] = last.zone if last else ZONES[0]
    return values | {f"{locale}_court": campaign.court.get(locale, "") for locale in LOCALES}


def _values(event: TimelineEvent) -> dict[str, str]:
    values = {"kind": event.kind, "day": str(event.happens_on), "zone": event.zone, "file_number": event.file_number}
    values["at"] = event.happens_at.astimezone(ZoneInfo(event.zone)).strftime("%H:%M") if event.happens_at else ""
    values["seen"] = event.edited_at.isoformat()
    for name in TEXTS:
        values |= {f"{locale}_{name}": text for locale, text in getattr(event, name).items()}
    return values


def _page(campaign: Campaign, event: TimelineEvent | None, values: dict[str, str], errors: dict[str, str]) -> str:
    stored: StoredFile | None = find_file(read_session(), event.file_id) if event and event.file_id else None
    return render_template(
        "desk/event.html",
        campaign=campaign,
        event=event,
        values=values,
        errors=errors,
        kinds=KINDS,
        zones=ZONES,
        stored=stored,
        languages=[text.locale for text in campaign.texts],
        mail=event_mail(read_session(), event, now=utc_now()) if event else None,
    )
