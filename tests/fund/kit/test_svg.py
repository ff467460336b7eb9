from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.kit.svg import MOST_CELLS, Cost, hours_bar, hours_per_cell

EIGHT_HOURS = [Cost(Fraction(200_000), 800)]


def drawn(costs: list[Cost], amounts: list[tuple[str, int]]) -> list[tuple[str, float, float]]:
    return [(part.kind, float(part.x), float(part.width)) for part in hours_bar(costs, amounts).parts]


def test_the_founding_case_has_a_cell_an_hour_and_the_share_before_the_gifts() -> None:
    bar = hours_bar(EIGHT_HOURS, [("own", 50_000), ("gifts", 112_450)])
    assert bar.marks == ("12.5", "25", "37.5", "50", "62.5", "75", "87.5")
    assert drawn(EIGHT_HOURS, [("own", 50_000), ("gifts", 112_450)]) == [("own", 0, 25), ("gifts", 25, 56.225)]
    assert bar.target is None


def test_an_empty_campaign_has_cells_and_nothing_in_them() -> None:
    bar = hours_bar(EIGHT_HOURS, [("own", 0), ("gifts", 0), ("fees", -5)])
    assert bar.parts == ()
    assert len(bar.marks) == 7


def test_what_is_beyond_the_target_is_told_apart_and_the_target_is_marked() -> None:
    bar = hours_bar(EIGHT_HOURS, [("gifts", 250_000)])
    assert [(part.kind, part.x, part.width) for part in bar.parts] == [("gifts", "0", "80"), ("surplus", "80", "20")]
    assert bar.target == "80"
    assert bar.marks[-1] == "70"


def test_the_last_cell_is_narrower_when_the_target_is_no_round_number_of_hours() -> None:
    bar = hours_bar([Cost(Fraction(60_000), 250)], [])
    assert bar.marks == ("40", "80")


def test_an_hour_that_costs_more_has_a_wider_cell() -> None:
    bar = hours_bar([Cost(Fraction(20_000), 200), Cost(Fraction(60_000), 200)], [])
    assert bar.marks == ("12.5", "25", "62.5")


def test_a_fixed_cost_is_one_cell_wherever_it_stands() -> None:
    bar = hours_bar([Cost(Fraction(10_000), 100), Cost(Fraction(20_000)), Cost(Fraction(10_000), 100)], [])
    assert bar.marks == ("25", "75")


def test_hours_run_on_through_lines_of_the_schedule() -> None:
    """2.5 and 1.5 hours at one rate make four cells, not five."""
    bar = hours_bar([Cost(Fraction(250), 250), Cost(Fraction(150), 150)], [])
    assert bar.marks == ("25", "50", "75")


@pytest.mark.parametrize(("hours", "step"), [(1, 1), (24, 1), (25, 2), (100, 5), (640, 50), (9_999, 500)])
def test_a_long_matter_has_several_hours_a_cell(hours: int, step: int) -> None:
    assert hours_per_cell(hours * 100) == step


def test_nothing_at_all_is_an_empty_bar() -> None:
    assert hours_bar([], []).parts == ()
    assert hours_bar([], [("gifts", 100)]).parts[0].kind == "surplus"


costs = st.lists(
    st.builds(Cost, st.fractions(1, 10**9, max_denominator=1000), st.one_of(st.none(), st.integers(1, 999_900))),
    min_size=1,
    max_size=6,
)
amounts = st.lists(st.tuples(st.sampled_from(["own", "gifts", "fees"]), st.integers(-10, 10**10)), max_size=5)


@given(costs, amounts)
def test_parts_follow_each_other_within_the_bar(lines: list[Cost], money: list[tuple[str, int]]) -> None:
    bar = hours_bar(lines, money)
    end = 0.0
    for part in bar.parts:
        assert float(part.x) == pytest.approx(end, abs=0.01)
        end = float(part.x) + float(part.width)
    assert end <= 100.01
    marks = [float(mark) for mark in bar.marks]
    assert marks == sorted(marks)
    assert all(0 <= mark <= 100 for mark in marks)
    assert len(marks) <= MOST_CELLS + 2 * len(lines)
