"""The fee schedule as the desk's pages type it: taxes, then stages with their lines below each.

Rows keep their number while a page is worked on; `line_<n>_stage` says below which stage a line stands. Where no stage
is named the schedule has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fund.campaigns.check_schedule import MOST_LINES, MOST_STAGES, MOST_TAXES
from fund.campaigns.forms import LineForm, ScheduleForm, StageForm, TaxForm
from fund.desk.typed_numbers import TypedNumbers
from fund.kit.i18n import LOCALES
from fund.kit.texts import clean_title
from fund.web.i18n import gettext

SPARE_LINES = 3
SPARE_TAXES = 1
SPARE_OF_MANY = 1
"""Empty lines below each of several stages."""
PARTS = ("en", "fr", "hours", "high", "rate", "cost")


@dataclass(frozen=True, slots=True)
class StageRows:
    """One stage of the page: its number in the fields' names, and those of the lines below it."""

    number: int
    lines: list[int]


@dataclass(frozen=True, slots=True)
class ScheduleRows:
    taxes: int
    stages: list[StageRows]


def read_schedule(numbers: TypedNumbers) -> ScheduleForm:
    """What cannot be read is in `numbers.errors`; rows without anything in them are passed over."""
    taxes, tax_places = _taxes(numbers)
    lines = sorted(_lines(numbers, tax_places), key=lambda line: line.stage)
    named = [row for row in range(MOST_STAGES) if _is_named(numbers, row)]
    if not named:
        return ScheduleForm(tuple(replace(line, stage=0) for line in lines), taxes)
    rows = sorted({*named, *(line.stage for line in lines)})
    places = {row: place for place, row in enumerate(rows)}
    return ScheduleForm(
        tuple(replace(line, stage=places[line.stage]) for line in lines),
        taxes,
        tuple(_stage(numbers, row) for row in rows),
    )


def schedule_rows(values: Mapping[str, str], *, more: bool = False, another_stage: bool = False) -> ScheduleRows:
    """What the page shows: every row in use, and some empty ones to fill."""
    numbers = TypedNumbers(values, "CAD")
    used: dict[int, list[int]] = {}
    for row in range(MOST_LINES):
        if _is_used(numbers, row):
            used.setdefault(_stage_of(numbers, row) or 0, []).append(row)
    shown = sorted({0, *used, *(row for row in range(MOST_STAGES) if _is_named(numbers, row))})
    if another_stage and len(shown) < MOST_STAGES:
        shown.append(next(row for row in range(MOST_STAGES) if row not in shown))
    free = iter(range(max((row for rows in used.values() for row in rows), default=-1) + 1, MOST_LINES))
    spare = (SPARE_LINES if len(shown) == 1 else SPARE_OF_MANY) * (2 if more else 1)
    stages = [
        StageRows(number, used.get(number, []) + [row for _, row in zip(range(spare), free, strict=False)])
        for number in shown
    ]
    named = max((row + 1 for row in range(MOST_TAXES) if numbers.text(f"tax_{row}_name")), default=0)
    return ScheduleRows(min(max(named + SPARE_TAXES, 2), MOST_TAXES), stages)


def _taxes(numbers: TypedNumbers) -> tuple[tuple[TaxForm, ...], dict[int, int]]:
    """The taxes, and where each row of the page went in their list."""
    found: list[TaxForm] = []
    places: dict[int, int] = {}
    for row in range(MOST_TAXES):
        name, rate = numbers.text(f"tax_{row}_name"), numbers.ppm(f"tax_{row}_rate")
        if name or rate is not None:
            places[row] = len(found)
            compound = bool(numbers.text(f"tax_{row}_compound"))
            found.append(TaxForm(" ".join(name.split()), rate or 0, compound))
    return tuple(found), places


def _lines(numbers: TypedNumbers, tax_places: dict[int, int]) -> list[LineForm]:
    """`stage` is still the row of the page."""
    found = []
    for row in range(MOST_LINES):
        if not _is_used(numbers, row):
            continue
        at, stage = f"line_{row}", _stage_of(numbers, row)
        if stage is None:
            numbers.errors["lines"] = gettext("A line names a stage that is not in the list.")
        found.append(
            LineForm(
                label={locale: text for locale in LOCALES if (text := numbers.text(f"{at}_{locale}"))},
                rate=numbers.amount(f"{at}_rate"),
                hours_hundredths=numbers.hundredths(f"{at}_hours"),
                amount=numbers.amount(f"{at}_cost"),
                taxes=tuple(place for tax, place in tax_places.items() if numbers.text(f"{at}_tax_{tax}")),
                stage=stage or 0,
                hours_high_hundredths=numbers.hundredths(f"{at}_high"),
                tax_included=bool(numbers.text(f"{at}_included")),
            )
        )
    return found


def _stage(numbers: TypedNumbers, row: int) -> StageForm:
    def by_language(part: str) -> dict[str, str]:
        typed = {locale: clean_title(numbers.text(f"stage_{row}_{part}{locale}")) for locale in LOCALES}
        return {locale: words for locale, words in typed.items() if words}

    return StageForm(by_language(""), by_language("buys_"), bool(numbers.text(f"stage_{row}_stretch")))


def _is_named(numbers: TypedNumbers, row: int) -> bool:
    parts = [*LOCALES, *(f"buys_{locale}" for locale in LOCALES), "stretch"]
    return any(numbers.text(f"stage_{row}_{part}") for part in parts)


def _is_used(numbers: TypedNumbers, row: int) -> bool:
    return any(numbers.text(f"line_{row}_{part}") for part in PARTS)


def _stage_of(numbers: TypedNumbers, row: int) -> int | None:
    """None when the page names a stage that it cannot have shown."""
    typed = numbers.text(f"line_{row}_stage") or "0"
    return int(typed) if typed in {str(row) for row in range(MOST_STAGES)} else None
