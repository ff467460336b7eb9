from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fund.campaigns.rules import (
    PPM,
    Schedule,
    ScheduleLine,
    Suggestion,
    Tax,
    breakdown,
    first_rate,
    hours_bought,
    line_price,
    members_part,
    minutes_bought,
    suggested_amounts,
)

GST, QST = Tax("GST", 50_000), Tax("QST", 99_750)


def hourly(rate: int, hours_hundredths: int, taxes: tuple[int, ...] = ()) -> ScheduleLine:
    return ScheduleLine(line_price(rate, hours_hundredths), rate, hours_hundredths, taxes)


def fixed(amount: int, taxes: tuple[int, ...] = ()) -> ScheduleLine:
    return ScheduleLine(amount, None, None, taxes)


line_taxes = st.sets(st.integers(0, 1)).map(lambda chosen: tuple(sorted(chosen)))
schedule_lines = st.one_of(
    st.builds(hourly, st.integers(1, 10**7), st.integers(1, 10**5), line_taxes),
    st.builds(fixed, st.integers(1, 10**9), line_taxes),
)
schedules = st.builds(
    lambda lines, rates: Schedule(tuple(lines), tuple(Tax(f"tax {n}", rate) for n, rate in enumerate(rates))),
    st.lists(schedule_lines, min_size=1, max_size=6),
    st.tuples(st.integers(1, PPM), st.integers(1, PPM)),
)


@pytest.mark.parametrize(
    ("taxes", "named", "target", "asked"),
    [((), (), 200_000, 150_000), ((0, 1), (GST, QST), 229_950, 179_950), ((0,), (GST, QST), 210_000, 160_000)],
)
def test_the_founding_case(taxes: tuple[int, ...], named: tuple[Tax, ...], target: int, asked: int) -> None:
    found = breakdown(Schedule((hourly(25_000, 800, taxes),), named))
    assert (found.before_tax, found.target, found.hours) == (200_000, target, Decimal(8))
    assert members_part(found.target, 50_000) == asked


@pytest.mark.parametrize(
    ("rate", "hours", "price"),
    [
        (25_000, 800, 200_000),
        (25_000, 1, 250),
        (33_333, 33, 11_000),
        (5, 10, 1),
        (4, 10, 0),
        (30_000, 25, 7_500),
        (75_120, 333, 250_150),
    ],
)
def test_hours_at_a_rate_are_rounded_half_up_once(rate: int, hours: int, price: int) -> None:
    assert line_price(rate, hours) == price


def test_yen_have_no_cents_and_dinars_a_thousand() -> None:
    yen = breakdown(Schedule((hourly(30_000, 250, (0,)),), (Tax("消費税", 100_000),)))
    assert (yen.before_tax, yen.target) == (75_000, 82_500)
    dinars = breakdown(Schedule((hourly(75_125, 133),)))
    assert dinars.target == 99_916


@given(schedules)
def test_the_target_is_what_is_billed_and_the_taxes_on_it(schedule: Schedule) -> None:
    found = breakdown(schedule)
    assert found.target == found.before_tax + sum(tax.amount for tax in found.taxes)
    for position, tax in enumerate(found.taxes):
        base = sum(line.price for line in schedule.lines if position in line.taxes)
        assert abs(tax.amount - Fraction(base * tax.rate_ppm, PPM)) <= Fraction(1, 2)


@given(schedules, st.randoms())
def test_the_order_of_lines_does_not_change_the_target(schedule: Schedule, random: object) -> None:
    lines = list(schedule.lines)
    random.shuffle(lines)  # type: ignore[attr-defined]
    assert breakdown(Schedule(tuple(lines), schedule.taxes)) == breakdown(schedule)


@given(schedules, st.integers(0, 10**10), st.integers(0, 10**10))
def test_more_money_never_buys_less_and_never_more_than_is_scheduled(schedule: Schedule, one: int, two: int) -> None:
    less, more = sorted((hours_bought(schedule, one), hours_bought(schedule, two)), key=lambda hours: hours)
    assert (less, more) == tuple(hours_bought(schedule, money) for money in sorted((one, two)))
    assert 0 <= less <= more <= breakdown(schedule).hours
    assert more == more.quantize(Decimal("0.01"))


@given(schedules)
def test_the_whole_target_buys_all_hours(schedule: Schedule) -> None:
    found = breakdown(schedule)
    assert hours_bought(schedule, found.target) == found.hours


@given(st.integers(1, 10**7), st.integers(1, 10**5), st.integers(0, 10**9))
def test_money_buys_whole_hundredths_exactly(rate: int, hours: int, money: int) -> None:
    price = line_price(rate, hours)
    assume(price)
    exact = Fraction(min(money, price) * hours, price)
    assert hours_bought(Schedule((hourly(rate, hours),)), money) == Decimal(int(exact)) / 100


@pytest.mark.parametrize(
    ("money", "hours"),
    [
        (-5, "0.00"),
        (0, "0.00"),
        (25_000, "1.00"),
        (75_000, "3.00"),
        (90_000, "3.00"),
        (102_500, "3.50"),
        (10**9, "4.00"),
    ],
)
def test_a_fixed_cost_takes_its_part_where_it_stands(money: int, hours: str) -> None:
    schedule = Schedule((hourly(25_000, 300), fixed(15_000), hourly(25_000, 100)))
    assert hours_bought(schedule, money) == Decimal(hours)


def test_amounts_are_suggested_by_the_time_they_buy() -> None:
    found = suggested_amounts(25_000, minimum=500, step=1)
    assert found == [Suggestion(2500, 6), Suggestion(6250, 15), Suggestion(12500, 30), Suggestion(25000, 60)]
    assert [minutes_bought(each.amount, 25_000) for each in found] == [6, 15, 30, 60]
    assert suggested_amounts(25_000, minimum=7000, step=1) == found[2:]
    assert suggested_amounts(75_125, minimum=1, step=10)[1] == Suggestion(18_780, 15)
    assert suggested_amounts(None, minimum=500, step=1) == []
    assert first_rate(Schedule((fixed(100), hourly(25_000, 100)))) == 25_000
    assert first_rate(Schedule((fixed(100),))) is None


def test_a_share_above_the_target_asks_for_nothing() -> None:
    assert members_part(200_000, 250_000) == 0
