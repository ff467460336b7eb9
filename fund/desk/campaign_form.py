"""From what was typed into the campaign's form to the CampaignForm that the use cases judge."""

from collections.abc import Mapping

from fund.campaigns.check_form import CURRENCIES, MOST_LINES, MOST_TAXES
from fund.campaigns.forms import CampaignForm, LineForm, PartyForm, PolicyForm, TaxForm, TextForm
from fund.desk.campaign_values import BETWEEN_LANGUAGES, SIDES, TEXTS
from fund.desk.typed_numbers import TypedNumbers
from fund.kit.i18n import LOCALES
from fund.kit.texts import clean_title
from fund.web.i18n import gettext

PAGE_NAMES = {"demands": "en_demands", "parties": "complainants", "policy_text": "en_policy", **SIDES}
"""What a rule's field is called on the page, where the two differ."""


def read_campaign_form(values: Mapping[str, str]) -> tuple[CampaignForm, dict[str, str]]:
    """The form, and what could not be read in it by field; where that is not empty the form is not to be used."""
    currency = values.get("currency", "")
    numbers = TypedNumbers(values, currency if currency in CURRENCIES else CURRENCIES[0])
    taxes, moved = _taxes(numbers)
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
        taxes=taxes,
        lines=_lines(numbers, moved),
        policy=_policy(numbers),
    )
    return form, numbers.errors


def count_lines(values: Mapping[str, str]) -> int:
    """How many rows of the fee schedule hold something, up to the last one that does."""
    used = [row for row in range(MOST_LINES) if any(values.get(f"line_{row}_{part}", "").strip() for part in _PARTS)]
    return max(used, default=-1) + 1


_PARTS = ("en", "fr", "hours", "rate", "cost")


def _taxes(numbers: TypedNumbers) -> tuple[tuple[TaxForm, ...], dict[int, int]]:
    """The taxes, and where each row of the page went in their list: empty rows are passed over."""
    found: list[TaxForm] = []
    moved: dict[int, int] = {}
    for row in range(MOST_TAXES):
        name, rate = numbers.text(f"tax_{row}_name"), numbers.ppm(f"tax_{row}_rate")
        if name or rate is not None:
            moved[row] = len(found)
            found.append(TaxForm(" ".join(name.split()), rate or 0))
    return tuple(found), moved


def _lines(numbers: TypedNumbers, moved: dict[int, int]) -> tuple[LineForm, ...]:
    found = []
    for row in range(MOST_LINES):
        at = f"line_{row}"
        if not any(numbers.text(f"{at}_{part}") for part in _PARTS):
            continue
        label = {locale: text for locale in LOCALES if (text := numbers.text(f"{at}_{locale}"))}
        found.append(
            LineForm(
                label=label,
                rate=numbers.amount(f"{at}_rate"),
                hours_hundredths=numbers.hundredths(f"{at}_hours"),
                amount=numbers.amount(f"{at}_cost"),
                taxes=tuple(place for tax, place in moved.items() if numbers.text(f"{at}_tax_{tax}")),
            )
        )
    return tuple(found)


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


def _policy(numbers: TypedNumbers) -> PolicyForm | None:
    kind = numbers.text("policy_kind")
    text = {locale: words for locale in LOCALES if (words := _lines_ended_alike(numbers.text(f"{locale}_policy")))}
    return PolicyForm(kind, text) if kind or text else None


def _rows(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _words(name: str, text: str) -> str:
    return clean_title(text) if name in {"title", "kicker"} else _lines_ended_alike(text)


def _lines_ended_alike(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
