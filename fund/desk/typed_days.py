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


def day_value(moment: datetime) -> str:
    """For a date field."""
    return moment.astimezone(UTC).date().isoformat()
