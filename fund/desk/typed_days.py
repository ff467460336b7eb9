"""Days as browsers send them, `2026-11-21`, and today's for a form's default."""

from datetime import UTC, date, datetime, time, timedelta

from fund.kit.errors import Refusal

EARLIEST = date(2000, 1, 1)
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


def day_value(moment: datetime) -> str:
    """For a date field."""
    return moment.astimezone(UTC).date().isoformat()
