"""Geometry of the bar that is made of hours. Pure: percentages as strings, ready for SVG attributes.

The bar is money, left to right: the organiser's share, the gifts, what the processor kept, what is missing. The
marks across it are counsel's hours, at the places where the schedule reaches them, so a cell is wider where an hour
costs more, the last one is narrower when the target is no round number of hours, and a fixed cost is one cell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

MOST_CELLS = 24
"""More would be hairlines on a telephone."""
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000)
HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Cost:
    """One line of the schedule: its price with taxes, and its hours unless it is a fixed cost."""

    price: Fraction
    hours_hundredths: int | None = None
    stage: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A filled stretch; `x` and `width` in percent of the bar."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class HoursBar:
    """`target` is where the target stands when more came in than was asked, else None."""

    parts: tuple[Part, ...]
    marks: tuple[str, ...]
    target: str | None
    hours_per_cell: int
    stages: tuple[str, ...] = ()
    """Where one stage ends and the next begins."""


def hours_bar(costs: Sequence[Cost], amounts: Sequence[tuple[str, int]]) -> HoursBar:
    """`amounts`: (kind, minor units) from left to right; those below zero or zero are left out.

    What reaches beyond the last cost is cut off there and continues as kind `surplus`.
    """
    target = sum((cost.price for cost in costs), Fraction(0))
    filled = sum(max(0, amount) for _, amount in amounts)
    scale = max(target, Fraction(filled))
    if not scale:
        return HoursBar((), (), None, 1)
    step = hours_per_cell(sum(cost.hours_hundredths or 0 for cost in costs))
    marks = tuple(_percent(mark, scale) for mark in _marks(costs, step))
    over = filled > target
    stages = tuple(_percent(mark, scale) for mark in _stage_marks(costs))
    parts = tuple(_parts(amounts, target, scale))
    return HoursBar(parts, marks, _percent(target, scale) if over else None, step, stages)


def hours_per_cell(hours_hundredths: int) -> int:
    """1 for a short matter; 50 for one of 640 hours."""
    return next((step for step in STEPS if hours_hundredths <= step * HUNDREDTHS * MOST_CELLS), STEPS[-1])


def _marks(costs: Sequence[Cost], step: int) -> Iterator[Fraction]:
    """Where cells end, in money; the end of the bar itself is no mark."""
    every = step * HUNDREDTHS
    money, hours = Fraction(0), 0
    for position, cost in enumerate(costs):
        if cost.hours_hundredths:
            mark = (hours // every + 1) * every
            while mark < hours + cost.hours_hundredths:
                yield money + cost.price * Fraction(mark - hours, cost.hours_hundredths)
                mark += every
            hours += cost.hours_hundredths
        money += cost.price
        ends_cell = cost.hours_hundredths is None or hours % every == 0
        following = costs[position + 1] if position + 1 < len(costs) else None
        if following is not None and (ends_cell or following.hours_hundredths is None):
            yield money


def _stage_marks(costs: Sequence[Cost]) -> Iterator[Fraction]:
    money = Fraction(0)
    for cost, following in pairwise(costs):
        money += cost.price
        if cost.stage != following.stage:
            yield money


def _parts(amounts: Sequence[tuple[str, int]], target: Fraction, scale: Fraction) -> Iterator[Part]:
    at = Fraction(0)
    for kind, amount in amounts:
        if amount <= 0:
            continue
        inside = min(Fraction(amount), max(Fraction(0), target - at))
        if inside:
            yield Part(kind, _percent(at, scale), _percent(inside, scale))
        if inside < amount:
            yield Part("surplus", _percent(at + inside, scale), _percent(amount - inside, scale))
        at += amount


def _percent(value: Fraction, scale: Fraction) -> str:
    """`56.25`: at most three decimals, so that the page stays small."""
    return f"{float(value * 100 / scale):.3f}".rstrip("0").rstrip(".")
