"""A revision in words, for the page, the feed, the mail and the desk's preview alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fund.kit.i18n import format_day, format_hours, localised, translate, translate_plural
from fund.kit.money import format_money

N_ = str
TITLES = {
    "schedule": N_("The fee schedule was revised"),
    "policy": N_("The rule on a surplus was revised"),
    "share": N_("The organiser’s share was revised"),
    "limits": N_("The limits of giving were revised"),
    "counsel": N_("Counsel has changed"),
    "parties": N_("The parties have changed"),
    "demands": N_("The demands have changed"),
}
_KINDS = {
    "refund": N_("Refund, in proportion to the gifts"),
    "charity": N_("A named charity"),
    "next_stage": N_("The next stage or an appeal"),
    "other_matter": N_("Another named matter"),
}
_SIDES = {
    "complainant": N_("complainant"),
    "respondent": N_("respondent"),
    "third_party": N_("also written to"),
}
_COUNTED: dict[str, Callable[[int, str], str]] = {
    "complainant": lambda n, at: translate_plural("{count} complainant", "{count} complainants", n, at),
    "respondent": lambda n, at: translate_plural("{count} respondent", "{count} respondents", n, at),
    "third_party": lambda n, at: translate_plural("{count} other", "{count} others", n, at),
}
_NONE = "–"
Terms = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that reads differently; both sides in one language, already written out."""

    what: str
    before: str
    after: str


def revision_title(kind: str, *, locale: str) -> str:
    return translate(TITLES.get(kind, "The terms were revised"), locale)


def changes_of(kind: str, before: Terms, after: Terms, *, currency: str, locale: str) -> list[Change]:
    """What differs, in the order it is read. Empty where only lines of the schedule were worded anew."""
    rows = _ROWS.get(kind)
    if rows is None:
        return _list_changes(before, after, locale)
    words = _Words(currency, locale)
    found = []
    for name, what, write in rows:
        old, new = before.get(name), after.get(name)
        if old != new:
            found.append(Change(translate(what, locale), write(words, old), write(words, new)))
    return found


@dataclass(frozen=True, slots=True)
class _Words:
    currency: str
    locale: str

    def money(self, minor: int | None) -> str:
        return _NONE if minor is None else format_money(minor, self.currency, locale=self.locale)

    def several(self, amounts: Sequence[int] | None) -> str:
        return ", ".join(self.money(minor) for minor in amounts or ()) or _NONE

    def hours(self, hours: str | None) -> str:
        return _NONE if hours is None else format_hours(Decimal(hours), locale=self.locale)

    def first_day(self, moment: str | None) -> str:
        return _NONE if moment is None else format_day(datetime.fromisoformat(moment), locale=self.locale)

    def last_day(self, moment: str | None) -> str:
        return (
            _NONE
            if moment is None
            else format_day(datetime.fromisoformat(moment) - timedelta(seconds=1), locale=self.locale)
        )

    def kind(self, kind: str | None) -> str:
        return translate(_KINDS[kind], self.locale) if kind in _KINDS else _NONE

    def text(self, text: Mapping[str, str] | None) -> str:
        return localised(dict(text), self.locale) if text else _NONE

    def titles(self, titles: Sequence[Mapping[str, str]] | None) -> str:
        return ", ".join(self.text(title) for title in titles or ()) or _NONE


_ROWS: dict[str, list[tuple[str, str, Callable[[_Words, Any], str]]]] = {
    "schedule": [
        ("target", N_("Target"), _Words.money),
        ("members_part", N_("Asked from members"), _Words.money),
        ("target_high", N_("Target, if the high estimates come true"), _Words.money),
        ("with_stretch", N_("With every stretch stage"), _Words.money),
        ("hours", N_("Hours"), _Words.hours),
        ("rates", N_("Rate an hour"), _Words.several),
        ("stages", N_("Stages"), _Words.titles),
    ],
    "policy": [("kind", N_("The surplus goes to"), _Words.kind), ("text", N_("In words"), _Words.text)],
    "share": [
        ("organiser_share", N_("Organiser’s share"), _Words.money),
        ("members_part", N_("Asked from members"), _Words.money),
    ],
    "limits": [
        ("hard_cap", N_("At most"), _Words.money),
        ("gifts_from", N_("First day of gifts"), _Words.first_day),
        ("gifts_until", N_("Last day of gifts"), _Words.last_day),
    ],
}


def _list_changes(before: Terms, after: Terms, locale: str) -> list[Change]:
    """Of a list: who or what left it, who came; a line whose days or spelling changed is in both."""
    old, new = _entries(before), _entries(after)
    gone = _written([one for one in old if one not in new], locale)
    come = _written([one for one in new if one not in old], locale)
    if not gone and not come:
        return []
    return [Change(translate("On the list", locale), gone or _NONE, come or _NONE)]


def _entries(terms: Terms) -> list[Terms]:
    return [one for value in terms.values() if isinstance(value, list) for one in value]


def _written(entries: Sequence[Terms], locale: str) -> str:
    """Those who have side and days in common stand together: `27 complainants, from 3 May 2026: ...`."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in entries:
        groups.setdefault((one.get("side", ""), _days(one, locale)), []).append(_name(one, locale))
    return "; ".join(_group(side, days, names, locale) for (side, days), names in groups.items())


def _group(side: str, days: str, names: list[str], locale: str) -> str:
    if side not in _SIDES:
        return "; ".join(", ".join(filter(None, (name, days))) for name in names)
    if len(names) == 1:
        return ", ".join(filter(None, (names[0], translate(_SIDES[side], locale), days)))
    counted = _COUNTED[side](len(names), locale).format(count=len(names))
    return f"{', '.join(filter(None, (counted, days)))}{translate(': ', locale)}{', '.join(names)}"


def _name(one: Terms, locale: str) -> str:
    name = one.get("name") or one.get("text") or ""
    said = name if isinstance(name, str) else localised(dict(name), locale)
    return ", ".join(filter(None, (said, one.get("firm"))))


def _days(one: Terms, locale: str) -> str:
    said = []
    for key, sentence in (("from_on", N_("from {day}")), ("until_on", N_("until {day}"))):
        if one.get(key):
            day = format_day(datetime.fromisoformat(one[key]), locale=locale)
            said.append(translate(sentence, locale).format(day=day))
    return ", ".join(said)
