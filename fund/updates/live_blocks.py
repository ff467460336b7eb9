"""Figures inside an update: `{{progress}}` and `{{hours}}`. They are frozen as of publication. Pure.

A mail cannot change any more, and a page that said something else than the mail would be another text under the same
number. So both say the figures of that moment and name it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from fund.kit.i18n import format_hours, format_moment, translate
from fund.kit.money import format_money

NAMES = ("progress", "hours")
_BLOCK = re.compile(r"\{\{[ \t]*(" + "|".join(NAMES) + r")[ \t]*\}\}(?P<last>(?=[ \t\r]*(?:\n|\Z)))?")


def has_blocks(bodies: Iterable[str]) -> bool:
    return any(_BLOCK.search(body) for body in bodies)


def fill_blocks(body: str, figures: Mapping[str, Any] | None, locale: str) -> str:
    """The same Markdown with figures in place of the blocks, a full stop behind what ends its line.

    As it stands where there are no figures.
    """
    if not figures:
        return body
    said = {"progress": _progress(figures, locale), "hours": _hours(figures, locale)}
    return _BLOCK.sub(lambda found: said[found[1]] + ("." if found["last"] is not None else ""), body)


def _progress(figures: Mapping[str, Any], locale: str) -> str:
    words = translate("**{raised}** of {part} asked from members, as of {moment}", locale)
    return words.format(
        raised=format_money(figures["raised"], figures["currency"], locale=locale),
        part=format_money(figures["part"], figures["currency"], locale=locale),
        moment=_moment(figures, locale),
    )


def _hours(figures: Mapping[str, Any], locale: str) -> str:
    words = translate(
        "**{funded}** of {total} hours of counsel funded, {billed} of them billed, as of {moment}", locale
    )
    hours = {name: format_hours(Decimal(figures[name]), locale=locale) for name in ("funded", "total", "billed")}
    return words.format(**hours, moment=_moment(figures, locale))


def _moment(figures: Mapping[str, Any], locale: str) -> str:
    return format_moment(datetime.fromisoformat(figures["at"]), locale=locale)
