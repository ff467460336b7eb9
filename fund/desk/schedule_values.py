"""A fee schedule as the flat values of its form."""

from decimal import Decimal

from fund.campaigns.models import FeeLine, FeeSchedule, FeeStage, FeeTax
from fund.kit.i18n import LOCALES
from fund.kit.money import plain_amount


def schedule_values(schedule: FeeSchedule, currency: str) -> dict[str, str]:
    """What the form would have to hold to make this schedule."""
    values: dict[str, str] = {}
    for tax in schedule.taxes:
        values |= _tax_values(tax)
    for stage in schedule.stages:
        values |= _stage_values(stage)
    for line in schedule.lines:
        values |= _line_values(line, currency)
    return values


def _tax_values(tax: FeeTax) -> dict[str, str]:
    at, rate = f"tax_{tax.position}", (Decimal(tax.rate_ppm) / 10_000).normalize()
    return {f"{at}_name": tax.name, f"{at}_rate": f"{rate:f}"} | _flag(f"{at}_compound", on=tax.compound)


def _stage_values(stage: FeeStage) -> dict[str, str]:
    at = f"stage_{stage.position}"
    values = {f"{at}_{locale}": stage.title.get(locale, "") for locale in LOCALES}
    values |= {f"{at}_buys_{locale}": stage.buys.get(locale, "") for locale in LOCALES}
    return values | _flag(f"{at}_stretch", on=stage.stretch)


def _line_values(line: FeeLine, currency: str) -> dict[str, str]:
    at = f"line_{line.position}"
    values = {f"{at}_{locale}": line.label.get(locale, "") for locale in LOCALES}
    values[f"{at}_stage"] = str(line.stage)
    if line.rate is not None and line.hours_hundredths is not None:
        values |= {f"{at}_hours": _hours(line.hours_hundredths), f"{at}_rate": plain_amount(line.rate, currency)}
    else:
        values[f"{at}_cost"] = plain_amount(line.amount, currency)
    if line.hours_high_hundredths:
        values[f"{at}_high"] = _hours(line.hours_high_hundredths)
    values |= {f"{at}_tax_{tax.tax_position}": "1" for tax in line.taxes}
    return values | _flag(f"{at}_included", on=line.tax_included)


def _hours(hundredths: int) -> str:
    return f"{(Decimal(hundredths) / 100).normalize():f}"


def _flag(name: str, *, on: bool) -> dict[str, str]:
    return {name: "1"} if on else {}
