"""A timeline as RFC 5545 has it. Pure: the doors fill it in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vText, vUri

_PRODUCT = "-//Retainer//Timeline//EN"
_ASK_AGAIN = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """`uid` never changes, whatever the language; `at` is None for a whole day."""

    uid: str
    url: str
    day: date
    at: datetime | None
    title: str
    text: str
    place: str
    kind: str
    document_url: str
    created: datetime
    edited: datetime


@dataclass(frozen=True, slots=True)
class TimelineCalendar:
    """`locale` is the language of its texts, `url` its own address."""

    title: str
    locale: str
    url: str
    events: Sequence[CalendarEvent]


def render_calendar(timeline: TimelineCalendar) -> bytes:
    """UTF-8 with the line ends and folds of the standard; served as `text/calendar`."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", timeline.title, parameters={"language": timeline.locale})
    calendar.add("x-wr-calname", timeline.title)
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vText("PT12H"))
    calendar.add("source", vUri(timeline.url), parameters={"value": "URI"})
    for event in timeline.events:
        calendar.add_component(_event(event, timeline.locale))
    return bytes(calendar.to_ical())


def _event(event: CalendarEvent, locale: str) -> Event:
    made = Event()
    language = {"language": locale}
    made.add("uid", event.uid)
    made.add("dtstamp", event.edited.astimezone(UTC))
    made.add("created", event.created.astimezone(UTC))
    made.add("last-modified", event.edited.astimezone(UTC))
    made.add("sequence", _sequence(event))
    if event.at is None:
        made.add("dtstart", event.day)
        made.add("dtend", event.day + timedelta(days=1))
    else:
        made.add("dtstart", event.at.astimezone(UTC))
    made.add("summary", event.title, parameters=language)
    if event.text:
        made.add("description", event.text, parameters=language)
    if event.place:
        made.add("location", event.place, parameters=language)
    made.add("categories", [event.kind])
    made.add("url", vUri(event.url))
    if event.document_url:
        made.add("attach", vUri(event.document_url), parameters={"fmttype": "application/pdf"})
    made.add("status", "CONFIRMED")
    made.add("transp", "TRANSPARENT")
    return made


def _sequence(event: CalendarEvent) -> int:
    """A number that grows with each edit, as the standard asks: seconds since the event was first written."""
    return max(0, int((event.edited - event.created).total_seconds()))
