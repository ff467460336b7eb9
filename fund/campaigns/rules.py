"""From what the lawyer bills to what the members are asked for. Pure arithmetic on minor units.

Rounding, everywhere the same: half up, once for each line's price and once for each tax over the sum of the lines
that carry it (so that no cent appears from rounding line by line).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

PPM = 1_000_000
HUNDREDTHS = 100
LONGEST_LINE = 10_000 * HUNDREDTHS
"""Hours of one line, in hundredths: above this somebody slipped."""
SUGGESTED_MINUTES = (6, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class Tax:
    """`rate_ppm` in millionths: 9.975 % is 99,750."""

    name: str
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """Hours (in hundredths) at a rate, or a fixed cost: `price` before tax, and the taxes on it by position."""

    price: int
    rate: int | None
    hours_hundredths: int | None
    taxes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    lines: tuple[ScheduleLine, ...]
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxAmount:
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
class Suggestion:
    """An amount and the minutes of counsel, before tax, that it stands for."""

    amount: int
    minutes: int


def line_price(rate: int, hours_hundredths: int) -> int:
    """Rate times hours, rounded half up."""
    return _half_up(Decimal(rate) * hours_hundredths / HUNDREDTHS)


def breakdown(schedule: Schedule) -> Breakdown:
    before_tax = sum(line.price for line in schedule.lines)
    taxes = tuple(
        TaxAmount(tax.name, tax.rate_ppm, _tax_amount(schedule, position, tax))
        for position, tax in enumerate(schedule.taxes)
    )
    return Breakdown(before_tax, taxes, before_tax + sum(tax.amount for tax in taxes), hours_total(schedule))


def members_part(target: int, organiser_share: int) -> int:
    """What the members are asked for; never below zero."""
    return max(0, target - organiser_share)


def hours_total(schedule: Schedule) -> Decimal:
    return Decimal(sum(line.hours_hundredths or 0 for line in schedule.lines)) / HUNDREDTHS


def hours_bought(schedule: Schedule, money: int) -> Decimal:
    """Hours that `money` buys in the order of the schedule, taxes included, two decimals, rounded down.

    A fixed cost takes its part where it stands. The whole target buys all hours, though its taxes were rounded; beyond
    it money buys nothing that is scheduled.
    """
    if money >= breakdown(schedule).target:
        return hours_total(schedule)
    left, hundredths = Fraction(max(0, money)), Fraction(0)
    for line in schedule.lines:
        price = _price_with_taxes(schedule, line)
        if line.hours_hundredths and price:
            hundredths += line.hours_hundredths * min(Fraction(1), left / price)
        left -= min(left, price)
    return Decimal(int(hundredths)) / HUNDREDTHS


def first_rate(schedule: Schedule) -> int | None:
    """The hourly rate that suggested amounts come from, None when there are fixed costs only."""
    return next((line.rate for line in schedule.lines if line.rate), None)


def suggested_amounts(rate: int | None, *, minimum: int, step: int) -> list[Suggestion]:
    """Six minutes, a quarter, a half and a whole hour of counsel, as far as they reach the smallest gift."""
    if not rate:
        return []
    found = [Suggestion(_to_step(Decimal(rate) * minutes / 60, step), minutes) for minutes in SUGGESTED_MINUTES]
    return [suggestion for suggestion in found if suggestion.amount >= minimum]


def minutes_bought(amount: int, rate: int) -> int:
    """Whole minutes of counsel, before tax, rounded down."""
    return amount * 60 // rate


def _tax_amount(schedule: Schedule, position: int, tax: Tax) -> int:
    base = sum(line.price for line in schedule.lines if position in line.taxes)
    return _half_up(Decimal(base) * tax.rate_ppm / PPM)


def _price_with_taxes(schedule: Schedule, line: ScheduleLine) -> Fraction:
    rates = sum(schedule.taxes[position].rate_ppm for position in line.taxes)
    return Fraction(line.price * (PPM + rates), PPM)


def _to_step(value: Decimal, step: int) -> int:
    return _half_up(value / step) * step


def _half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))
