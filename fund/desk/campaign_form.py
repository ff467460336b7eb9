"""From what was typed into the campaign's form to the CampaignForm that the use cases judge."""

from collections.abc import Mapping
from datetime import UTC, datetime

from fund.campaigns.check_form import CURRENCIES
from fund.campaigns.forms import CampaignForm, LimitsForm, PartyForm, PolicyForm, TextForm
from fund.desk.campaign_values import BETWEEN_LANGUAGES, SIDES, TEXTS
from fund.desk.schedule_form import read_schedule
from fund.desk.typed_days import ONE_DAY, read_day
from fund.desk.typed_numbers import TypedNumbers
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.kit.texts import clean_title
from fund.web.errors import explain
from fund.web.i18n import gettext

PAGE_NAMES = {"demands": "en_demands", "parties": "complainants", "policy_text": "en_policy", **SIDES}
"""What a rule's field is called on the page, where the two differ."""
TOO_FAR = datetime(2201, 1, 1, tzinfo=UTC)
"""Gifts have begun and ended before."""


def read_campaign_form(values: Mapping[str, str]) -> tuple[CampaignForm, dict[str, str]]:
    """The form, and what could not be read in it by field; where that is not empty the form is not to be used."""
    currency = values.get("currency", "")
    numbers = TypedNumbers(values, currency if currency in CURRENCIES else CURRENCIES[0])
    schedule = read_schedule(numbers)
    form = CampaignForm(
        slug=numbers.text("slug"),
        currency=currency,
        organiser_share=numbers.amount("organiser_share") or 0,
        minimum_gift=numbers.amount("minimum_gift", payable=True) or 0,
        audience_size=numbers.whole("audience_size"),
        texts={
            locale: TextForm(**{name: _words(name, numbers.text(f"{locale}_{name}")) for name in TEXTS})
            for locale in LOCALES
        },
        parties=tuple(party for side in SIDES for party in _parties(numbers, side)),
        demands=_demands(numbers),
        taxes=schedule.taxes,
        lines=schedule.lines,
        stages=schedule.stages,
        policy=read_policy(numbers),
        limits=read_limits(numbers),
        court={locale: court for locale in LOCALES if (court := clean_title(numbers.text(f"{locale}_court")))},
        file_number=clean_title(numbers.text("file_number")),
    )
    return form, numbers.errors


def read_limits(numbers: TypedNumbers) -> LimitsForm:
    """The last day counts to its end."""
    last = _day(numbers, "gifts_until")
    return LimitsForm(
        hard_cap=numbers.amount("hard_cap"),
        gifts_from=_day(numbers, "gifts_from"),
        gifts_until=last + ONE_DAY if last else None,
    )


def read_policy(numbers: TypedNumbers) -> PolicyForm | None:
    kind = numbers.text("policy_kind")
    text = {locale: words for locale in LOCALES if (words := _lines_ended_alike(numbers.text(f"{locale}_policy")))}
    return PolicyForm(kind, text) if kind or text else None


def _day(numbers: TypedNumbers, field: str) -> datetime | None:
    if not numbers.text(field):
        return None
    try:
        day = read_day(numbers.text(field), field=field)
    except Refusal as refusal:
        numbers.errors[field] = explain(refusal)
        return None
    if day >= TOO_FAR:
        numbers.errors[field] = gettext("This day is too far ahead.")
        return None
    return day


def _parties(numbers: TypedNumbers, side: str) -> list[PartyForm]:
    """One a line; `English | Français` where the names differ."""
    parties = []
    for line in _rows(numbers.text(SIDES[side])):
        english, _, french = line.partition(BETWEEN_LANGUAGES.strip())
        names = {"en": english.strip() or french.strip(), "fr": french.strip() or english.strip()}
        parties.append(PartyForm(side, names))
    return parties


def _demands(numbers: TypedNumbers) -> tuple[dict[str, str], ...]:
    by_locale = {locale: _rows(numbers.text(f"{locale}_demands")) for locale in LOCALES}
    spoken = {locale: rows for locale, rows in by_locale.items() if rows}
    if len({len(rows) for rows in spoken.values()}) > 1:
        numbers.errors["fr_demands"] = gettext("Both languages need the same number of demands, one a line.")
    longest = max((len(rows) for rows in spoken.values()), default=0)
    return tuple(
        {locale: rows[place] for locale, rows in spoken.items() if place < len(rows)} for place in range(longest)
    )


def _rows(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _words(name: str, text: str) -> str:
    return clean_title(text) if name in {"title", "kicker"} else _lines_ended_alike(text)


def _lines_ended_alike(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
