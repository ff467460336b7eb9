from contextlib import suppress
from datetime import date, datetime

from babel.dates import format_datetime

from fund.kit.clock import utc_now
from fund.kit.i18n import format_day
from fund.web.i18n import current_locale

NO_BREAK_SPACE = "\u00a0"


def when(moment: datetime) -> str:
    """`21 Nov, 14:31`, in UTC, on one line; the year is named only when it is not this one."""
    pattern = "d MMM, HH:mm" if moment.year == utc_now().year else "d MMM y, HH:mm"
    return format_datetime(moment, pattern, locale=current_locale()).replace(" ", NO_BREAK_SPACE)


def typed_day(text: str) -> str:
    """The value of a date field as every other day of the page; what is no day stands as it was typed."""
    with suppress(ValueError):
        return format_day(date.fromisoformat(text), locale=current_locale())
    return text
