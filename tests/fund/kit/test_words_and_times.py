"""Language, dates, refusals: the small helpers of every page."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from fund.kit.clock import from_unix, rfc3339, utc_now
from fund.kit.errors import Refusal
from fund.kit.i18n import format_day, format_hours, format_moment, format_number, localised, translate, translate_plural

MONTREAL = timezone(timedelta(hours=-5))
EVENING = datetime(2026, 11, 21, 21, 30, 59, 999_999, tzinfo=MONTREAL)


def test_times_are_utc_to_the_second() -> None:
    assert rfc3339(EVENING) == "2026-11-22T02:30:59Z"
    assert from_unix(1_790_000_000) == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
    assert utc_now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("locale", "day", "hours", "number"),
    [("en", "18 October 2026", "1,234.5", "46,000"), ("fr", "18 octobre 2026", "1\u202f234,5", "46\u202f000")],
)
def test_days_hours_and_numbers_read_in_the_language(locale: str, day: str, hours: str, number: str) -> None:
    assert format_day(date(2026, 10, 18), locale=locale) == day
    assert format_day(datetime(2026, 10, 18, 23, 59, tzinfo=UTC), locale=locale) == day
    assert format_moment(datetime(2026, 10, 18, 9, 5, tzinfo=UTC), locale=locale) == f"{day}, 09:05 UTC"
    assert format_hours(Decimal("1234.50"), locale=locale) == hours
    assert format_hours(Decimal("8.00"), locale=locale) == "8"
    assert format_number(46_000, locale=locale) == number


def test_a_text_falls_back_to_the_language_there_is() -> None:
    assert localised({"en": "Close", "fr": "Fermer"}, "fr") == "Fermer"
    assert localised({"en": "Close", "fr": ""}, "fr") == "Close"
    assert localised({}, "fr") == ""


def test_english_is_the_key_and_french_a_sentence() -> None:
    sentence = "The smallest gift is {minimum}."
    assert translate(sentence, "en") == sentence
    assert translate("no sentence of ours", "fr") == "no sentence of ours"
    assert translate_plural("{count} gift", "{count} gifts", 2, "en") == "{count} gifts"


def test_a_refusal_fills_its_values_in() -> None:
    refusal = Refusal("At most {longest} characters, please.", field="message", longest=80)
    assert str(refusal) == "At most 80 characters, please."
    assert str(Refusal("A {brace} alone is kept.")) == "A {brace} alone is kept."
