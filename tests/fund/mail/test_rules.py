from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.mail.rules import (
    clean_text,
    estimate_end,
    fill_places,
    header_line,
    is_about_the_domain,
    is_address,
    is_no_such_address,
    most_at_once,
    next_day,
    next_window,
    too_many_complaints,
    wait_before,
    warm_up_allowance,
    wire_address,
)


@pytest.mark.parametrize(
    "address",
    ["bob@example.org", "Bob.O'Neil+fund@mail.example.co.uk", "b@localhost", "eve@bücher.example", "a_b@x-y.example"],
)
def test_addresses_that_can_be_written_to(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bob",
        "bob@",
        "@example.org",
        "bob@example",
        "bob@example.org\r\nBcc: eve@example.org",
        "bob@example.org\n",
        "bob @example.org",
        "bob@exa mple.org",
        "bob@-example.org",
        "bob@example..org",
        "b..ob@example.org",
        ".bob@example.org",
        '"bob"@example.org',
        "bob@example.org,eve@example.org",
        "Bob <bob@example.org>",
        "bob\x00@example.org",
        "bøb@example.org",
        "b" * 65 + "@example.org",
        "bob@" + "e" * 64 + ".org",
        "bob@" + "é" * 63 + ".org",
        "bob@" + ".".join(["label"] * 50) + ".org",
        "bob@example\u202e.org",
    ],
)
def test_what_is_no_address(address: str) -> None:
    assert not is_address(address)


def test_a_domain_in_letters_of_another_language_goes_out_in_ascii() -> None:
    assert wire_address("eve@bücher.example") == "eve@xn--bcher-kva.example"


@given(st.text())
def test_a_header_is_one_short_line_whatever_comes_in(text: str) -> None:
    line = header_line(text)
    assert len(line) <= 150
    assert line == line.strip()
    assert all(letter.isprintable() or letter == "\xa0" or ord(letter) > 127 for letter in line)
    assert len(line.splitlines()) <= 1


def test_a_long_subject_is_cut_at_a_word() -> None:
    line = header_line("injunction " * 1000)
    assert line.endswith("injunction…")
    assert 100 < len(line) <= 150


def test_marks_that_turn_the_reading_direction_are_dropped() -> None:
    assert header_line("Paid \u202egpj.exe\u2066") == "Paid gpj.exe"


def test_a_value_cannot_bring_a_place_of_its_own() -> None:
    assert fill_places(clean_text("see %%token%%"), {"token": "secret"}) == "see %\u2060%token%\u2060%"


def test_a_recipients_value_is_not_looked_through_again() -> None:
    assert fill_places("Hi %%name%%, %%code%%", {"name": "%%code%%", "code": "1"}) == "Hi %%code%%, 1"


def test_a_place_without_a_value_stays() -> None:
    assert fill_places("100%% sure, %%unknown%%", {}) == "100%% sure, %%unknown%%"


def test_text_loses_what_no_mail_may_hold() -> None:
    assert clean_text("a\r\nb\rc\x00\x1b[31md\te") == "a\nb\nc[31md\te"


def test_it_tries_again_after_1_5_15_and_60_minutes_and_gives_up_after_two_days() -> None:
    waits: list[timedelta] = []
    while (wait := wait_before(len(waits) + 1)) is not None:
        waits.append(wait)
    assert [wait.total_seconds() / 60 for wait in waits[:5]] == [1, 5, 15, 60, 60]
    assert timedelta(hours=46) < sum(waits, timedelta()) <= timedelta(days=2)


def test_one_complaint_in_a_thousand_is_borne() -> None:
    assert [too_many_complaints(count, 46_000) for count in (0, 46, 47)] == [False, False, True]
    assert too_many_complaints(1, 999)


def test_a_window_is_a_tenth_of_a_second_and_grows_step_by_step() -> None:
    assert [next_window(size, seconds=seconds) for size, seconds in ((1, 0.001), (4, 0.001), (16, 0.001))] == [
        4,
        16,
        50,
    ]
    assert next_window(50, seconds=10) == 1
    assert next_window(10, seconds=0.2) == 5


def test_a_window_is_never_empty_and_grows_four_times_at_most() -> None:
    assert next_window(1, seconds=0) == 4
    assert next_window(3, seconds=60) == 1
    assert next_window(50, seconds=0.0001) == 50


def test_at_a_rate_a_tenth_of_a_second_leaves_together() -> None:
    assert [most_at_once(rate) for rate in (0.2, 10, 29, 30, 1000)] == [1, 1, 2, 3, 100]


@pytest.mark.parametrize(
    ("code", "enhanced", "expected"),
    [(550, "5.1.1", True), (500, "5.1.10", True), (450, "5.1.1", False), (550, "5.7.1", False), (550, "", False)],
)
def test_only_what_is_refused_for_ever_because_of_the_address_is_no_address(
    code: int, enhanced: str, *, expected: bool
) -> None:
    assert is_no_such_address(code, enhanced) is expected


def test_a_full_mailbox_says_nothing_of_its_domain() -> None:
    assert [is_about_the_domain(said) for said in ("4.2.2", "4.2.1", "4.7.1", "4.4.2", "")] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_the_day_of_the_warm_up_ends_at_midnight_in_greenwich() -> None:
    montreal = timezone(timedelta(hours=-5))
    assert next_day(datetime(2026, 11, 20, 23, tzinfo=montreal)) == datetime(2026, 11, 22, tzinfo=UTC)
    assert next_day(datetime(2026, 11, 20, tzinfo=UTC)) == datetime(2026, 11, 21, tzinfo=UTC)
    began = datetime(2026, 11, 20, 23, tzinfo=montreal)
    assert warm_up_allowance(50, since=began, now=datetime(2026, 11, 21, 23, tzinfo=UTC)) == 50
    assert warm_up_allowance(50, since=None, now=began) == 50
    assert warm_up_allowance(50, since=began, now=began - timedelta(days=3)) == 50, "a clock that was set back"


def test_warming_up_doubles_by_the_calendar() -> None:
    began = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
    days = (timedelta(0), timedelta(minutes=1), timedelta(days=2), timedelta(days=400))
    allowed = [warm_up_allowance(50, since=began, now=began + wait) for wait in days]
    assert allowed[:3] == [50, 100, 200]
    assert allowed[3] > 10**9


def test_when_a_mailing_will_be_done() -> None:
    now = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    midnight = datetime(2026, 11, 21, tzinfo=UTC)

    def end(left: int, a_minute: float, first_day: int = 0, sent_today: int = 0) -> datetime | None:
        return estimate_end(left, a_minute=a_minute, first_day=first_day, since=now, sent_today=sent_today, now=now)

    assert end(300, 10) == now + timedelta(minutes=30)
    assert end(14_400, 10) == now + timedelta(days=1), "without a warm-up it goes on over midnight"
    assert end(0, 0) == now
    assert end(1, 0) is None, "it stands still"
    assert end(30, 10, first_day=50, sent_today=20) == now + timedelta(minutes=3)
    assert end(31, 10, first_day=50, sent_today=20) == midnight + timedelta(minutes=0.1)
    assert end(30 + 100 + 70, 10, first_day=50, sent_today=20) == midnight + timedelta(days=1, minutes=7)
    assert end(40, 10, first_day=50, sent_today=70) == midnight + timedelta(minutes=4), "more has left than may"
    assert end(130, 1, first_day=500) == midnight + timedelta(minutes=10), "the day is over before the warm-up is"
