"""Whether a row of a member list is a person who can be added. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from fund.kit.errors import Refusal
from fund.members.list_columns import Columns, language_of
from fund.members.rules import LONGEST_NAME, clean_address, clean_name

KEPT_OF_A_FIELD = 100
REASONS = ("quotes", "columns", "no_address", "two_addresses", "bad_address", "bad_name", "bad_date", "twice", "gone")
"""Why a row is refused; the last two only the database knows: another row of the file has the address, and its
account was deleted here by the person it belonged to."""
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(Z|\+00:?00)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_SECONDS = re.compile(r"\d{9,10}")
_TWO = re.compile(r"@[^@]*[,;\s/][^@]*@")


@dataclass(frozen=True, slots=True, repr=False)
class Newcomer:
    """A row that can be added. Has no repr: it holds an address."""

    address: str
    name: str
    locale: str | None
    consent_at: datetime | None
    """None for both: as the whole list."""


@dataclass(frozen=True, slots=True, repr=False)
class RefusedRow:
    """`reason` is one of REASONS, `given` the field as it stood, cut."""

    reason: str
    given: str


def judge_row(fields: list[str] | None, columns: Columns, *, now: datetime) -> Newcomer | RefusedRow:
    """`fields` is None for a row whose quotation marks do not add up."""
    if fields is None:
        return RefusedRow("quotes", "")
    if len(fields) < columns.width or any(field.strip() for field in fields[columns.width :]):
        return RefusedRow("columns", cut(" | ".join(fields)))
    address = _address(fields[columns.address])
    if isinstance(address, RefusedRow):
        return address
    name = _name(fields, columns, address)
    if name is None:
        return RefusedRow("bad_name", cut(fields[columns.name or 0]))
    date = "" if columns.consent_on is None else fields[columns.consent_on].strip()
    consent_at = read_moment(date) if date else None
    if date and (consent_at is None or consent_at > now):
        return RefusedRow("bad_date", cut(date))
    locale = None if columns.locale is None else language_of(fields[columns.locale])
    return Newcomer(address, name, locale, consent_at)


def read_moment(text: str) -> datetime | None:
    """`2026-10-18`, with or without a time in UTC; `18.10.2026` and `18/10/2026`, the day first; or Unix seconds."""
    try:
        if found := _DATE.fullmatch(text):
            year, month, day = found[1], found[2], found[3]
            time = found[4], found[5], found[6]
        elif found := _DAY_FIRST.fullmatch(text):
            year, month, day = found[3], found[2], found[1]
            time = found[4], found[5], found[6]
        elif _SECONDS.fullmatch(text) and text.isascii():
            return datetime.fromtimestamp(int(text), UTC)
        else:
            return None
        hour, minute, second = (int(part or 0) for part in time)
        return datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def cut(text: str) -> str:
    return text if len(text) <= KEPT_OF_A_FIELD else text[: KEPT_OF_A_FIELD - 1] + "…"


def _address(typed: str) -> str | RefusedRow:
    if "@" not in typed:
        return RefusedRow("no_address", cut(typed))
    try:
        return clean_address(typed)
    except Refusal:
        return RefusedRow("two_addresses" if _TWO.search(typed) else "bad_address", cut(typed))


def _name(fields: list[str], columns: Columns, address: str) -> str | None:
    """Who has none is called as the part before the @. None for what is no name."""
    typed = "" if columns.name is None else fields[columns.name]
    try:
        return clean_name(typed) if typed.strip() else address.partition("@")[0][:LONGEST_NAME]
    except Refusal:
        return None
