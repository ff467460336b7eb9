from datetime import datetime

from babel.dates import format_datetime

from fund.kit.clock import utc_now
from fund.web.i18n import current_locale

NO_BREAK_SPACE = "\u00a0"


def when(moment: datetime) -> str:
    """`21 Nov, 14:31`, in UTC, on one line; the year is named only when it is not this one."""
    pattern = "d MMM, HH:mm" if moment.year == utc_now().year else "d MMM y, HH:mm"
    return format_datetime(moment, pattern, locale=current_locale()).replace(" ", NO_BREAK_SPACE)
