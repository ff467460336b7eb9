"""English sentences are the keys; French comes from the .po files in `fund/translations/fr/`, one per area.

Read once per process and compiled in memory, so that no binary catalogue is kept in the repository.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

LOCALES = ("en", "fr")
_CATALOGUES = Path(__file__).parent.parent / "translations"


@cache
def translations(locale: str) -> NullTranslations:
    """All areas of one language merged; English is the identity."""
    merged: NullTranslations | None = None
    for path in sorted((_CATALOGUES / locale).glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as source:
            write_mo(compiled, read_po(source, locale=locale))
        compiled.seek(0)
        catalogue = Translations(compiled)
        merged = catalogue if merged is None else merged.add(catalogue)  # type: ignore[attr-defined]
    return merged or NullTranslations()


def translate(message: str, locale: str) -> str:
    return str(translations(locale).gettext(message))


def translate_plural(singular: str, plural: str, count: int, locale: str) -> str:
    return str(translations(locale).ngettext(singular, plural, count))


def localised(texts: dict[str, str], locale: str) -> str:
    """The text in `locale`, else in the other language, else empty."""
    return texts.get(locale) or next((text for text in texts.values() if text), "")


def format_day(day: date | datetime, *, locale: str) -> str:
    """`18 October 2026` or `18 octobre 2026`, in UTC."""
    return str(format_date(day, "d MMMM y", locale=locale))


def format_moment(moment: datetime, *, locale: str) -> str:
    return str(format_datetime(moment, "d MMMM y, HH:mm", locale=locale)) + " UTC"


def format_moment_at(moment: datetime, zone: str, *, locale: str) -> str:
    """`5 December 2026, 09:30 (Eastern Standard Time)`: as the clock in that place shows it."""
    if zone == "UTC":
        return format_moment(moment, locale=locale)
    there = moment.astimezone(ZoneInfo(zone))
    shown = format_datetime(there, "d MMMM y, HH:mm", locale=locale)
    return f"{shown} ({get_timezone_name(there, width='long', locale=locale)})"


def format_hours(hours: Decimal, *, locale: str) -> str:
    """`6.5` or `6,5`: at most two decimals, none that are zero."""
    return str(format_decimal(hours, "#,##0.##", locale=locale))


def format_number(number: int, *, locale: str) -> str:
    return str(format_decimal(number, "#,##0", locale=locale))
