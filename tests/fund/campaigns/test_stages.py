"""Stages, compound and included taxes, ranges: sums exact in any currency, and what money buys of them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund.campaigns.rules import (
    PPM,
    Schedule,
    ScheduleLine,
    Tax,
    breakdown,
    high_target,
    hours_bought,
    hours_total,
    largest_gift,
    line_price,
    price_with_taxes,
    stage_sums,
    whole_breakdown,
)

GST, QST = Tax("GST", 50_000), Tax("QST", 99_750)
MOST_STAGES = 4
patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
"""Drawing a schedule takes its time on a busy machine."""


def hourly(rate: int, hours: int, **more: object) -> ScheduleLine:
    return replace(ScheduleLine(line_price(rate, hours), rate, hours), **more)  # type: ignore[arg-type]


def fixed(amount: int, **more: object) -> ScheduleLine:
    return replace(ScheduleLine(amount, None, None), **more)  # type: ignore[arg-type]


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Lines of any size in stages, of which the last ones are stretch; amounts are minor units of any currency."""
    stages = draw(st.integers(1, MOST_STAGES))
    first_stretch = draw(st.integers(1, stages))
    taxes = draw(st.lists(st.builds(Tax, st.just("tax"), st.integers(1, PPM), st.booleans()), max_size=3))
    chosen = st.sets(st.integers(0, len(taxes) - 1)).map(sorted).map(tuple) if taxes else st.just(())
    more = {"taxes": chosen, "stage": st.integers(0, stages - 1), "tax_included": st.booleans()}
    line = st.one_of(
        st.builds(hourly, st.integers(1, 10**7), st.integers(1, 10**5), **more),
        st.builds(fixed, st.integers(1, 10**9), **more),
    )
    lines = draw(st.lists(line, min_size=1, max_size=8))
    flags = tuple(position >= first_stretch for position in range(stages))
    return Schedule(tuple(sorted(lines, key=lambda one: one.stage)), tuple(taxes), flags)


def founding(*, stages: int = 3) -> Schedule:
    """2,299.50 to answer the letters; then a motion; then, as a stretch, a trial."""
    lines = [hourly(25_000, 800, taxes=(0, 1), stage=0), hourly(25_000, 1_000, taxes=(0, 1), stage=1)]
    lines.append(hourly(25_000, 4_000, taxes=(0, 1), stage=2))
    return Schedule(tuple(lines[:stages]), (GST, QST), (False, False, True)[:stages])


def test_stretch_stages_are_not_in_the_target() -> None:
    schedule = founding()
    assert breakdown(schedule).target == 229_950 + 287_438
    assert whole_breakdown(schedule).target == 229_950 + 287_438 + 1_149_750
    assert [(one.amount, one.cumulative, one.stretch) for one in stage_sums(schedule)] == [
        (229_950, 229_950, False),
        (287_438, 517_388, False),
        (1_149_750, 1_667_138, True),
    ]


@pytest.mark.parametrize(
    ("money", "bought", "in_sight"),
    [
        (0, "0", "18"),
        (229_949, "7.99", "18"),
        (229_950, "8", "18"),
        (517_387, "17.99", "18"),
        (517_388, "18", "18"),
        (517_389, "18", "58"),
        (517_388 + 28_744, "19", "58"),
        (1_667_138, "58", "58"),
        (10**9, "58", "58"),
    ],
)
def test_what_comes_to_a_stage_buys_all_its_hours_and_no_more(money: int, bought: str, in_sight: str) -> None:
    assert hours_bought(founding(), money) == Decimal(bought)
    assert hours_total(founding(), money) == Decimal(in_sight)


def test_a_compound_tax_is_on_the_price_and_the_taxes_before_it() -> None:
    on_price = Schedule((fixed(10_000, taxes=(0, 1)),), (GST, QST))
    on_both = replace(on_price, taxes=(GST, replace(QST, compound=True)))
    assert [tax.amount for tax in breakdown(on_price).taxes] == [500, 998]
    assert [tax.amount for tax in breakdown(on_both).taxes] == [500, 1_047], "9.975 % of 105.00"
    first = replace(on_price, taxes=(replace(GST, compound=True), QST))
    assert breakdown(first) == breakdown(on_price), "nothing stands before the first"


def test_taxes_in_a_price_are_shown_and_not_added() -> None:
    found = breakdown(Schedule((fixed(11_498, taxes=(0, 1), tax_included=True),), (GST, QST)))
    assert found.target == 11_498
    assert (found.before_tax, [tax.amount for tax in found.taxes]) == (10_000, [500, 998])
    mixed = breakdown(Schedule((fixed(10_500, taxes=(0,), tax_included=True), fixed(10_000, taxes=(0,))), (GST,)))
    assert (mixed.target, mixed.before_tax, mixed.taxes[0].amount) == (21_000, 20_000, 1_000)


def test_high_estimates_make_a_range() -> None:
    line = hourly(25_000, 800, taxes=(0, 1), hours_high_hundredths=1_200)
    schedule = Schedule((line, fixed(10_000)), (GST, QST))
    assert (breakdown(schedule).target, high_target(schedule)) == (239_950, 354_925)
    assert breakdown(schedule).hours == 8
    assert stage_sums(schedule)[0].amount_high == 354_925


@patient
@given(schedules())
def test_stages_add_up_to_the_whole_exactly(schedule: Schedule) -> None:
    sums = stage_sums(schedule)
    assert sum(one.amount for one in sums) == sums[-1].cumulative == whole_breakdown(schedule).target
    assert breakdown(schedule).target == [one for one in sums if not one.stretch][-1].cumulative
    assert all(one.amount >= 0 for one in sums)
    for part in (breakdown(schedule), whole_breakdown(schedule)):
        assert part.target == part.before_tax + sum(tax.amount for tax in part.taxes)


@patient
@given(schedules())
def test_the_whole_is_within_half_a_unit_for_each_tax_of_what_it_is_exactly(schedule: Schedule) -> None:
    exact = sum((price_with_taxes(schedule, line) for line in schedule.lines), Fraction(0))
    assert abs(whole_breakdown(schedule).target - exact) <= Fraction(len(schedule.taxes), 2)


@patient
@given(schedules(), st.integers(0, 10**11), st.integers(0, 10**9))
def test_more_money_never_buys_less(schedule: Schedule, money: int, more: int) -> None:
    less, at_least = hours_bought(schedule, money), hours_bought(schedule, money + more)
    assert 0 <= less <= at_least <= whole_breakdown(schedule).hours
    for one in stage_sums(schedule):
        assert hours_bought(schedule, one.cumulative) >= one.cumulative_hours
        assert hours_bought(schedule, one.cumulative) <= whole_breakdown(schedule).hours


@patient
@given(schedules())
def test_the_order_of_taxes_matters_only_to_compound_ones(schedule: Schedule) -> None:
    plain = replace(schedule, taxes=tuple(replace(tax, compound=False) for tax in schedule.taxes))
    last = len(plain.taxes) - 1
    turned = replace(
        plain,
        taxes=plain.taxes[::-1],
        lines=tuple(replace(line, taxes=tuple(last - tax for tax in line.taxes)) for line in plain.lines),
    )
    assert stage_sums(turned) == stage_sums(plain)
    assert breakdown(turned).taxes == breakdown(plain).taxes[::-1]


@patient
@given(schedules())
def test_high_estimates_never_make_it_cheaper(schedule: Schedule) -> None:
    lines = [
        replace(line, hours_high_hundredths=line.hours_hundredths * 2) if line.hours_hundredths else line
        for line in schedule.lines
    ]
    ranged = replace(schedule, lines=tuple(lines))
    assert high_target(ranged) >= breakdown(ranged).target == breakdown(schedule).target
    assert high_target(schedule) == breakdown(schedule).target


@pytest.mark.parametrize(("left", "largest"), [(100_000, 100_000), (500, 500), (499, 500), (1, 500), (0, 0), (-5, 0)])
def test_a_cap_is_never_stuck_on_the_last_cents(left: int, largest: int) -> None:
    assert largest_gift(left, minimum=500) == largest
