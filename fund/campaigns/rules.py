"""From what the lawyer bills to what the members are asked for. Pure arithmetic on minor units.

Rounding, everywhere the same: half up, once for each line's price and once for each tax over the sum of the lines
that carry it (so that no cent appears from rounding line by line). What a stage comes to is the difference of two such
sums, so that the stages always add up to the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

PPM = 1_000_000
HUNDREDTHS = 100
LONGEST_LINE = 10_000 * HUNDREDTHS
"""Hours of one line, in hundredths: above this somebody slipped."""
SUGGESTED_MINUTES = (6, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class Tax:
    """`rate_ppm` in millionths: 9.975 % is 99,750. A compound one is on the price and the taxes before it."""

    name: str
    rate_ppm: int
    compound: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """Hours (in hundredths) at a rate, or a fixed cost: `price`, and the taxes on it by position.

    The taxes come on top of the price, or are in it already (`tax_included`).
    """

    price: int
    rate: int | None
    hours_hundredths: int | None
    taxes: tuple[int, ...] = ()
    stage: int = 0
    tax_included: bool = False
    hours_high_hundredths: int | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """`stretch` has one flag for each stage, in their order; empty where the lines are not in stages."""

    lines: tuple[ScheduleLine, ...]
    taxes: tuple[Tax, ...] = ()
    stretch: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """What a tax comes to, on top of prices and inside of them."""

    name: str
    rate_ppm: int
    amount: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`target` = before_tax + all taxes."""

    before_tax: int
    taxes: tuple[TaxAmount, ...]
    target: int
    hours: Decimal


@dataclass(frozen=True, slots=True)
class StageSum:
    """One stage with its taxes; `cumulative` is what it takes to have paid for it and all before it."""

    position: int
    stretch: bool
    amount: int
    cumulative: int
    amount_high: int
    """If the high estimates come true; the same as `amount` where there are none."""
    hours: Decimal
    cumulative_hours: Decimal


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An amount and the minutes of counsel, before tax, that it stands for."""

    amount: int
    minutes: int


def line_price(rate: int, hours_hundredths: int) -> int:
    """Rate times hours, rounded half up."""
    return _half_up(Fraction(rate * hours_hundredths, HUNDREDTHS))


def breakdown(schedule: Schedule) -> Breakdown:
    """Of the stages that make the target."""
    return _sum_up(schedule, [line for line in schedule.lines if not _is_stretch(schedule, line)])


def whole_breakdown(schedule: Schedule) -> Breakdown:
    """Of every stage, stretch ones included."""
    return _sum_up(schedule, schedule.lines)


def high_target(schedule: Schedule) -> int:
    """What the target would be if every high estimate came true."""
    return breakdown(_at_high_estimates(schedule)).target


def stage_sums(schedule: Schedule) -> list[StageSum]:
    """In order; a schedule without stages is one."""
    flags = schedule.stretch or (False,)
    high = _at_high_estimates(schedule)
    found: list[StageSum] = []
    cumulative = cumulative_high = 0
    for position, stretch in enumerate(flags):
        upto = _upto(schedule, position)
        high_upto = _upto(high, position)
        hours = sum((line.hours_hundredths or 0 for line in schedule.lines if line.stage == position), 0)
        found.append(
            StageSum(
                position=position,
                stretch=stretch,
                amount=upto.target - cumulative,
                cumulative=upto.target,
                amount_high=high_upto.target - cumulative_high,
                hours=Decimal(hours) / HUNDREDTHS,
                cumulative_hours=upto.hours,
            )
        )
        cumulative, cumulative_high = upto.target, high_upto.target
    return found


def members_part(target: int, organiser_share: int) -> int:
    """What the members are asked for; never below zero."""
    return max(0, target - organiser_share)


def hours_total(schedule: Schedule, money: int = 0) -> Decimal:
    """Hours of the stages that make the target, and of the stretch ones that `money` has come to."""
    sums = stage_sums(schedule)
    return max(
        (one.cumulative_hours for one in sums if not one.stretch or money > one.cumulative - one.amount),
        default=Decimal(0),
    )


def hours_bought(schedule: Schedule, money: int) -> Decimal:
    """Hours that `money` buys in the order of the schedule, taxes included, two decimals, rounded down.

    A fixed cost takes its part where it stands. What a stage and all before it come to buys all their hours, though
    its taxes were rounded; beyond the last stage money buys nothing that is scheduled.
    """
    paid, hundredths, left = -1, Fraction(0), Fraction(max(0, money))
    for stage in stage_sums(schedule):
        if money < stage.cumulative:
            break
        paid, hundredths = stage.position, Fraction(stage.cumulative_hours) * HUNDREDTHS
        left = Fraction(money - stage.cumulative)
    for line in (line for line in schedule.lines if line.stage == paid + 1):
        price = price_with_taxes(schedule, line)
        if line.hours_hundredths and price:
            hundredths += line.hours_hundredths * min(Fraction(1), left / price)
        left -= min(left, price)
    return Decimal(int(hundredths)) / HUNDREDTHS


def price_with_taxes(schedule: Schedule, line: ScheduleLine) -> Fraction:
    """What a line takes, exactly: nothing is rounded for one line alone."""
    parts = Fraction(0) if line.tax_included else sum(_tax_parts(schedule, line).values(), Fraction(0))
    return line.price * (1 + parts)


def first_rate(schedule: Schedule) -> int | None:
    """The hourly rate that suggested amounts come from, None when there are fixed costs only."""
    return next((line.rate for line in schedule.lines if line.rate), None)


def suggested_amounts(rate: int | None, *, minimum: int, step: int) -> list[Suggestion]:
    """Six minutes, a quarter, a half and a whole hour of counsel, as far as they reach the smallest gift."""
    if not rate:
        return []
    found = [Suggestion(_to_step(Fraction(rate * minutes, 60), step), minutes) for minutes in SUGGESTED_MINUTES]
    return [suggestion for suggestion in found if suggestion.amount >= minimum]


def minutes_bought(amount: int, rate: int) -> int:
    """Whole minutes of counsel, before tax, rounded down."""
    return amount * 60 // rate


def largest_gift(left: int, *, minimum: int) -> int:
    """The largest gift while `left` is missing up to a cap: never stuck on less than the smallest gift."""
    return max(left, minimum) if left > 0 else 0


def _upto(schedule: Schedule, stage: int) -> Breakdown:
    return _sum_up(schedule, [line for line in schedule.lines if line.stage <= stage])


def _sum_up(schedule: Schedule, lines: Sequence[ScheduleLine]) -> Breakdown:
    """Taxes on top and taxes inside are rounded apart: only the former add to what is asked."""
    on_top = [Fraction(0)] * len(schedule.taxes)
    inside = [Fraction(0)] * len(schedule.taxes)
    for line in lines:
        parts = _tax_parts(schedule, line)
        whole = 1 + sum(parts.values(), Fraction(0))
        base = line.price / whole if line.tax_included else Fraction(line.price)
        for position, part in parts.items():
            (inside if line.tax_included else on_top)[position] += base * part
    added, held = [_half_up(tax) for tax in on_top], [_half_up(tax) for tax in inside]
    target = sum(line.price for line in lines) + sum(added)
    taxes = tuple(
        TaxAmount(tax.name, tax.rate_ppm, top + within)
        for tax, top, within in zip(schedule.taxes, added, held, strict=True)
    )
    hours = Decimal(sum(line.hours_hundredths or 0 for line in lines)) / HUNDREDTHS
    return Breakdown(target - sum(tax.amount for tax in taxes), taxes, target, hours)


def _tax_parts(schedule: Schedule, line: ScheduleLine) -> dict[int, Fraction]:
    """What each tax of a line adds to one unit of its price before tax."""
    parts: dict[int, Fraction] = {}
    for position in sorted(set(line.taxes)):
        tax = schedule.taxes[position]
        before = sum(parts.values(), Fraction(0)) if tax.compound else Fraction(0)
        parts[position] = Fraction(tax.rate_ppm, PPM) * (1 + before)
    return parts


def _at_high_estimates(schedule: Schedule) -> Schedule:
    return replace(schedule, lines=tuple(_high(line) for line in schedule.lines))


def _high(line: ScheduleLine) -> ScheduleLine:
    if not line.rate or not line.hours_high_hundredths:
        return line
    return replace(line, price=line_price(line.rate, line.hours_high_hundredths))


def _is_stretch(schedule: Schedule, line: ScheduleLine) -> bool:
    return bool(schedule.stretch) and schedule.stretch[line.stage]


def _to_step(value: Fraction, step: int) -> int:
    return _half_up(value / step) * step


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
