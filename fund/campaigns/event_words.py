"""What drafting and editing an event of the timeline share."""

from datetime import UTC, datetime
from typing import Any

from fund.campaigns.case_forms import EventForm
from fund.campaigns.case_rules import (
    KINDS,
    LONGEST_COURT,
    LONGEST_FILE_NUMBER,
    LONGEST_OUTCOME,
    LONGEST_TEXT,
    check_day,
    check_line,
    check_titles,
    check_zone,
    clean_lines,
    clean_words,
)
from fund.campaigns.models import Campaign, TimelineEvent
from fund.kit.errors import Refusal


def event_values(campaign: Campaign, form: EventForm) -> dict[str, Any]:
    """The form as columns, judged and cleaned. Raises Refusal by field."""
    if form.kind not in KINDS:
        raise Refusal("Choose what kind of event this is.", field="kind")
    zone = check_zone(form.zone)
    check_day(form.day, field="day")
    return {
        "kind": form.kind,
        "happens_on": form.day,
        "happens_at": datetime.combine(form.day, form.at, zone).astimezone(UTC) if form.at else None,
        "zone": form.zone,
        "title": check_titles(form.title, sorted(text.locale for text in campaign.texts)),
        "text": clean_words(form.text, LONGEST_TEXT, field="text"),
        "court": clean_lines(form.court, LONGEST_COURT, field="court"),
        "file_number": check_line(form.file_number, LONGEST_FILE_NUMBER, field="file_number"),
        "outcome": clean_words(form.outcome, LONGEST_OUTCOME, field="outcome"),
    }


def as_columns(event: TimelineEvent) -> dict[str, Any]:
    """The same of an event that is kept."""
    names = ("kind", "happens_on", "happens_at", "zone", "title", "text", "court", "file_number", "outcome")
    return {name: getattr(event, name) for name in names}


def as_audit(values: dict[str, Any]) -> dict[str, Any]:
    """As the audit log keeps it: plain JSON."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}
