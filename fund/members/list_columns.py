"""Which column of a member list is what. Pure."""

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

_ADDRESS_TITLES = ("email", "e-mail", "mail", "courriel", "adresse", "address", "epost")
_NAME_TITLES = ("name", "nom", "pseudo", "user", "utilisateur", "membre", "member", "login", "namn")
_LOCALE_TITLES = ("lang", "langue", "language", "locale", "sprak")
_CONSENT_TITLES = ("consent", "optin", "opt-in", "accord", "samtycke")
_LOOKED_AT = 200
_LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Columns:
    """Places from 0; None where the list has no such column."""

    address: int
    name: int | None
    locale: int | None
    consent_on: int | None
    width: int
    """How many fields a row has."""
    titles: list[str]
    """Of the columns; empty where the list begins at once."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Columns":
        return cls(**kept)


def has_titles(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: it holds no address, and the rows below it do."""
    return bool(rows) and not any("@" in cell for cell in rows[0]) and any("@" in cell for row in rows for cell in row)


def guess_columns(rows: list[list[str]], titles: list[str], width: int) -> Columns | None:
    """From the titles, and from what stands in the rows; None where no column holds addresses."""
    sample = [row for row in rows[:_LOOKED_AT] if len(row) == width]
    names = [_plain(title) for title in titles]
    counts = [sum("@" in row[place] for row in sample) for place in range(width)]
    if not any(counts):
        return None
    titled = [place for place in _titled(names, _ADDRESS_TITLES) if counts[place]]
    address = max(titled or range(width), key=lambda place: counts[place])
    taken = {address}
    locale = next((place for place in _titled(names, _LOCALE_TITLES) if place not in taken), None)
    if locale is None:
        locale = next((p for p in range(width) if p not in taken and _are_languages(row[p] for row in sample)), None)
    taken.add(-1 if locale is None else locale)
    consent = next((place for place in _titled(names, _CONSENT_TITLES) if place not in taken), None)
    taken.add(-1 if consent is None else consent)
    return Columns(address, _name_place(names, sample, width, taken), locale, consent, width, titles)


def language_of(text: str) -> str | None:
    """`fr` or `en` for how lists write it; None for anything else."""
    plain = _plain(text)
    if plain.startswith(("fr-", "fr_")) or plain in ("fr", "fra", "fre", "francais", "french", "f"):
        return "fr"
    if plain.startswith(("en-", "en_")) or plain in ("en", "eng", "anglais", "english", "e", "a"):
        return "en"
    return None


def _name_place(names: list[str], sample: list[list[str]], width: int, taken: set[int]) -> int | None:
    titled = (place for place in _titled(names, _NAME_TITLES) if place not in taken)
    if names:
        return next(titled, None)
    texts = {p: sum(bool(_LETTERS.search(row[p])) for row in sample) for p in range(width) if p not in taken}
    best = max(texts, key=lambda place: texts[place], default=None)
    return best if best is not None and texts[best] * 2 > len(sample) else None


def _titled(names: list[str], words: tuple[str, ...]) -> list[int]:
    """Places whose title has one of the words, those that are just the word first."""
    found = [place for place, name in enumerate(names) if any(word in name for word in words)]
    return sorted(found, key=lambda place: names[place] not in words)


def _are_languages(cells: Any) -> bool:
    given = [cell for cell in cells if cell.strip()]
    return bool(given) and all(language_of(cell) for cell in given)


def _plain(text: str) -> str:
    """Lower case, without accents."""
    parts = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
