"""What a fee schedule and the limits of a campaign may say. Each check raises Refusal with its field."""

from fund.campaigns.forms import LimitsForm, LineForm, ScheduleForm, StageForm, TaxForm
from fund.campaigns.rules import LONGEST_LINE, PPM
from fund.kit.errors import Refusal
from fund.kit.money import smallest_step

LARGEST_AMOUNT = 10**11
MOST_LINES = 60
MOST_TAXES = 6
MOST_STAGES = 12
LONGEST_LABEL = 300
LONGEST_TAX = 40


def check_schedule(form: ScheduleForm) -> None:
    """Enough to work out what it comes to; a draft may have no line yet."""
    for field, count, most in (
        ("stages", len(form.stages), MOST_STAGES),
        ("lines", len(form.lines), MOST_LINES),
        ("taxes", len(form.taxes), MOST_TAXES),
    ):
        if count > most:
            raise Refusal("At most {most} lines, please.", field=field, most=most)
    for tax in form.taxes:
        _check_tax(tax)
    for line in form.lines:
        _check_line(line, form)
    for position, stage in enumerate(form.stages):
        _check_stage(stage, position, form)


def check_limits(limits: LimitsForm, *, currency: str, minimum_gift: int) -> None:
    cap = limits.hard_cap
    if cap is not None:
        if not 0 < cap <= LARGEST_AMOUNT:
            raise Refusal("This amount is out of range.", field="hard_cap")
        if cap % smallest_step(currency):
            raise Refusal("{currency} has no amounts that fine.", field="hard_cap", currency=currency)
        if cap < minimum_gift:
            raise Refusal("A cap below the smallest gift would stop every gift.", field="hard_cap")
    first, end = limits.gifts_from, limits.gifts_until
    if first is not None and end is not None and end <= first:
        raise Refusal("The last day of gifts cannot be before the first.", field="gifts_until")


def check_labels(labels: dict[str, str], field: str, *, in_each_language: bool = False) -> None:
    if not any(labels.values()):
        raise Refusal("Each line needs a text.", field=field)
    for locale, label in labels.items():
        check_length(label, LONGEST_LABEL, f"{locale}_{field}" if in_each_language else field)


def check_length(text: str, longest: int, field: str) -> None:
    if len(text) > longest:
        raise Refusal("At most {longest} characters, please.", field=field, longest=longest)
    if "\x00" in text:
        raise Refusal("This text holds a character that cannot be kept.", field=field)


def _check_tax(tax: TaxForm) -> None:
    if not tax.name or not 0 < tax.rate_ppm <= PPM:
        raise Refusal("A tax needs a name and a rate between 0 and 100 %.", field="taxes")
    check_length(tax.name, LONGEST_TAX, "taxes")


def _check_line(line: LineForm, form: ScheduleForm) -> None:
    check_labels(line.label, "lines")
    hourly = line.rate is not None and line.hours_hundredths is not None and line.amount is None
    fixed = line.amount is not None and line.rate is None and line.hours_hundredths is None
    if not hourly and not fixed:
        raise Refusal("A line is either hours at a rate or a fixed cost.", field="lines")
    for amount in (line.rate, line.amount):
        if amount is not None and not 0 < amount <= LARGEST_AMOUNT:
            raise Refusal("This amount is out of range.", field="lines")
    _check_hours(line)
    if any(not 0 <= position < len(form.taxes) for position in line.taxes):
        raise Refusal("A line names a tax that is not in the list.", field="lines")
    if line.stage not in range(max(1, len(form.stages))):
        raise Refusal("A line names a stage that is not in the list.", field="lines")


def _check_hours(line: LineForm) -> None:
    low, high = line.hours_hundredths, line.hours_high_hundredths
    for hours in (low, high):
        if hours is not None and not 0 < hours < LONGEST_LINE:
            raise Refusal("Hours are above 0 and below 10,000.", field="lines")
    if high is not None and low is None:
        raise Refusal("A high estimate belongs to a line with hours.", field="lines")
    if low is not None and high is not None and high < low:
        raise Refusal("The high estimate of the hours cannot be below the low one.", field="lines")


def _check_stage(stage: StageForm, position: int, form: ScheduleForm) -> None:
    if not any(stage.title.values()):
        raise Refusal("Each stage needs a title.", field="stages")
    for words in (*stage.title.values(), *stage.buys.values()):
        check_length(words, LONGEST_LABEL, "stages")
    if not any(line.stage == position for line in form.lines):
        raise Refusal("Each stage needs a line that says what it costs.", field="stages")
    if position == 0 and stage.stretch:
        raise Refusal("The first stage makes the target: it cannot be a stretch stage.", field="stages")
    if position and form.stages[position - 1].stretch and not stage.stretch:
        raise Refusal("Put the stretch stages last: they follow what makes the target.", field="stages")
