"""Billing periods as Stripe counts them: whole intervals from an anchor, at a month's end where a day is missing."""

import calendar
from datetime import UTC, datetime, timedelta

from sandbox.objects import Obj

MONTHS = {"month": 1, "year": 12}
DAYS = {"day": 1, "week": 7}


def after(anchor: int, recurring: Obj, number: int) -> int:
    """Return when period `number` ends (from 1), in seconds since 1970; `recurring` is that of a price."""
    start = datetime.fromtimestamp(anchor, UTC)
    count = recurring["interval_count"] * number
    if recurring["interval"] in DAYS:
        return int((start + timedelta(days=DAYS[recurring["interval"]] * count)).timestamp())
    year, month = divmod(start.year * 12 + start.month - 1 + MONTHS[recurring["interval"]] * count, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())
