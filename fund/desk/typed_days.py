"""Days as browsers send them, `2026-11-21`, and today's for a form's default."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fund.campaigns.case_rules import ZONES
from fund.kit.errors import Refusal

EARLIEST = date(2000, 1, 1)
FIRST_YEAR, LAST_YEAR = 2000, 2200
ONE_DAY = timedelta(days=1)


def read_day(text: str, *, field: str) -> datetime:
    """Midnight in UTC. Raises Refusal for what is no day, or none that can be meant."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal("Write the day as year, month and day, such as 2026-11-21.", field=field) from None
    if day < EARLIEST:
        raise Refusal("This day is too long ago.", field=field)
    return datetime.combine(day, time(), UTC)


def read_date(text: str, *, field: str) -> date:
    """A day of the case, which rules judge: it may lie long ago, or ahead. Raises Refusal for what is no day."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal("Write the day as year, month and day, such as 2026-11-21.", field=field) from None


def read_date_or_none(text: str, *, field: str) -> date | None:
    return read_date(text, field=field) if text.strip() else None


def read_time_or_none(text: str, *, field: str) -> time | None:
    """`09:30`, with seconds or without; browsers send both."""
    if not text.strip():
        return None
    try:
        return time.fromisoformat(text.strip()).replace(tzinfo=None, microsecond=0)
    except ValueError:
        raise Refusal("Write the time as hours and minutes, such as 09:30.", field=field) from None


def read_moment(day: str, at: str, zone: str, *, field: str) -> datetime:
    """A day and a time as the clock of `zone` shows them; without a time, the beginning of the day."""
    if zone not in ZONES:
        raise Refusal("Choose one of these clocks.", field="zone")
    found = read_date(day, field=field)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Refusal("This day cannot be meant.", field=field)
    moment = datetime.combine(found, read_time_or_none(at, field=field) or time(), ZoneInfo(zone))
    if moment.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise Refusal("On that day the clocks skip this time. Choose another.", field=field)
    return moment.astimezone(UTC)


def read_moment_or_none(day: str, at: str, zone: str, *, field: str) -> datetime | None:
    """None where no day was given."""
    return read_moment(day, at, zone, field=field) if day.strip() else None


def moment_values(moment: datetime | None, zone: str) -> tuple[str, str]:
    """For a date field and a time field, by the clock of `zone`."""
    if moment is None:
        return "", ""
    there = moment.astimezone(ZoneInfo(zone))
    return there.date().isoformat(), there.strftime("%H:%M")


def zone_choices() -> list[tuple[str, str]]:
    """For a select field: the clock's name and what it is called."""
    return [(zone, zone.rpartition("/")[2].replace("_", " ").replace("St Johns", "St. John’s")) for zone in ZONES]


def day_value(moment: datetime) -> str:
    """For a date field."""
    return moment.astimezone(UTC).date().isoformat()
