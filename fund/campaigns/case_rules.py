"""Days, names and words of the case: parties, demands, counsel, timeline. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.kit.texts import clean, clean_title

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
LONGEST_NAME = 140
LONGEST_TITLE = 200
LONGEST_COURT = 140
LONGEST_FILE_NUMBER = 80
LONGEST_OUTCOME = 600
LONGEST_TEXT = 10_000
LONGEST_DEMAND = 300
KINDS = ("letter", "filing", "hearing", "order", "appeal", "settlement", "other")
ZONES = (
    "UTC", "America/Toronto", "America/Halifax", "America/St_Johns", "America/Winnipeg", "America/Edmonton",
    "America/Vancouver", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Paris", "Europe/Brussels", "Europe/Berlin",
    "Europe/Zurich", "Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen", "Europe/Helsinki", "Asia/Tokyo",
    "Asia/Kuwait", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
"""Where courts sit whose currency a campaign may have."""


def check_day(day: date, *, field: str) -> date:
    if not EARLIEST <= day <= LATEST:
        raise Refusal("A day lies between the years 1900 and 2200.", field=field)
    return day


def check_period(from_on: date | None, until_on: date | None, *, field: str) -> None:
    """Both days are inside. Raises Refusal on `field`."""
    for day in (from_on, until_on):
        if day is not None:
            check_day(day, field=field)
    if from_on is not None and until_on is not None and until_on < from_on:
        raise Refusal("The last day lies before the first.", field=field)


def overlap(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Whether two periods share a day; None: still going on."""
    return one[0] <= (other[1] or date.max) and other[0] <= (one[1] or date.max)


def day_before(day: date) -> date:
    return day - timedelta(days=1)


def same_person(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def check_name(text: str, *, field: str, most: int = LONGEST_NAME) -> str:
    """One line that shows something. Raises Refusal on `field`."""
    name = clean_title(text)
    if not name:
        raise Refusal("Write a name.", field=field)
    return check_length(name, most, field=field)


def check_length(text: str, most: int, *, field: str) -> str:
    if len(text) > most:
        raise Refusal("At most {longest} characters, please.", field=field, longest=most)
    return text


def check_line(text: str, most: int, *, field: str) -> str:
    """One line that may be empty."""
    return check_length(clean_title(text), most, field=field)


def clean_lines(texts: Mapping[str, str], most: int, *, field: str, row: str = "") -> dict[str, str]:
    """The languages in which there is something, in one line each. Refusals name `<row><language>_<field>`."""
    kept = {at: check_line(texts.get(at, ""), most, field=f"{row}{at}_{field}") for at in LOCALES}
    return {at: text for at, text in kept.items() if text}


def clean_words(texts: Mapping[str, str], most: int, *, field: str) -> dict[str, str]:
    """The same for text of several lines."""
    kept = {at: check_length(clean(texts.get(at, "")), most, field=f"{at}_{field}") for at in LOCALES}
    return {at: text for at, text in kept.items() if text}


def check_titles(texts: Mapping[str, str], spoken: Iterable[str]) -> dict[str, str]:
    """A title in every language that the campaign speaks. Raises Refusal on `<language>_title`."""
    titles = clean_lines(texts, LONGEST_TITLE, field="title")
    for locale in spoken:
        if not titles.get(locale):
            raise Refusal("An event needs a title in every language of the campaign.", field=f"{locale}_title")
    return titles


def check_zone(zone: str) -> ZoneInfo:
    if zone not in ZONES:
        raise Refusal("Choose where the court sits.", field="zone")
    return ZoneInfo(zone)
