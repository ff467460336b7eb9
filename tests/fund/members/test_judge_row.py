from datetime import UTC, datetime

import pytest

from fund.members.judge_row import Newcomer, RefusedRow, judge_row
from fund.members.list_columns import Columns

NOW = datetime(2026, 11, 22, tzinfo=UTC)
COLUMNS = Columns(address=1, name=0, locale=2, consent_on=3, width=4, titles=[])


def judged(name: str = "Bob", address: str = "bob@x.example", locale: str = "", date: str = "") -> object:
    return judge_row([name, address, locale, date], COLUMNS, now=NOW)


def reason(*fields: str) -> str:
    found = judge_row(list(fields), COLUMNS, now=NOW)
    assert isinstance(found, RefusedRow)
    return found.reason


@pytest.mark.parametrize(
    ("name", "shown"),
    [("  Bob\n Roy ", "Bob Roy"), ("\u202eBob\x00", "Bob"), ("", "bob"), ("=HYPERLINK(1)", "=HYPERLINK(1)")],
)
def test_names_are_cleaned(name: str, shown: str) -> None:
    found = judged(name)
    assert isinstance(found, Newcomer)
    assert found.name == shown


@pytest.mark.parametrize(
    ("locale", "kept"),
    [("fr", "fr"), ("FR-ca", "fr"), ("Français", "fr"), ("English", "en"), ("de", None), ("", None)],
)
def test_languages_as_lists_write_them(locale: str, kept: str | None) -> None:
    found = judged(locale=locale)
    assert isinstance(found, Newcomer)
    assert found.locale == kept


@pytest.mark.parametrize(
    "date", ["2025-11-03", "2025/11/3", "3.11.2025", "03/11/2025", "2025-11-03T00:00:00Z", "1762128000"]
)
def test_days_as_lists_write_them(date: str) -> None:
    found = judged(date=date)
    assert isinstance(found, Newcomer)
    assert found.consent_at == datetime(2025, 11, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "date", ["2025-11-03 14:32:05", "2025-11-03T14:32:05.123+00:00", "3/11/2025 14:32:05", "1762180325"]
)
def test_a_time_of_day_is_kept_where_one_is_given(date: str) -> None:
    found = judged(date=date)
    assert isinstance(found, Newcomer)
    assert found.consent_at == datetime(2025, 11, 3, 14, 32, 5, tzinfo=UTC)


@pytest.mark.parametrize("date", ["yesterday", "2025-13-01", "31.02.2025", "2027-01-01", "12/25/2025", "١٢٣٤٥٦٧٨٩"])
def test_a_day_that_cannot_be_read_or_is_still_to_come(date: str) -> None:
    assert reason("Bob", "bob@x.example", "", date) == "bad_date"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "no_address"),
        ("nobody", "no_address"),
        ("a@x.example, b@x.example", "two_addresses"),
        ("a@x.example;b@x.example", "two_addresses"),
        ("a@x.example b@x.example", "two_addresses"),
        ("a@x.example\r\nBcc: b@x.example", "two_addresses"),
        ("bob@\x00x.example", "bad_address"),
        ("b" * 10_000 + "@x.example", "bad_address"),
        ("=1+1@x", "bad_address"),
        ("Bob <bob@x.example>", "bad_address"),
    ],
)
def test_what_is_no_address(address: str, why: str) -> None:
    assert reason("Bob", address, "", "") == why


def test_other_faults_and_how_much_is_kept_of_them() -> None:
    assert reason("Bob", "bob@x.example", "") == "columns"
    assert reason("Bob", "bob@x.example", "", "", "more") == "columns"
    assert isinstance(judge_row(["Bob", "bob@x.example", "", "", " "], COLUMNS, now=NOW), Newcomer)
    assert reason("\u202e", "bob@x.example", "", "") == "bad_name"
    long = judged("x" * 10_000)
    assert isinstance(long, RefusedRow)
    assert (long.reason, len(long.given)) == ("bad_name", 100)
    assert judge_row(None, COLUMNS, now=NOW) == RefusedRow("quotes", "")
