"""Amounts are integers in the currency's minor unit, as Stripe counts them.

The table is Stripe's (docs.stripe.com/currencies): it differs from ISO 4217 for ISK and UGX, which Stripe
counts with two decimals that must be 00, and it wants three-decimal currencies in steps of 10.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn

from babel.numbers import format_decimal

from fund.kit.errors import Refusal

ZERO_DECIMAL = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THREE_DECIMAL = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
WHOLE_UNITS_ONLY = frozenset({"ISK", "UGX"})

LARGEST = 99_999_999
"""Stripe's limit on one charge: eight digits of minor units."""

SMALLEST_AT_STRIPE = {
    "USD": 50, "EUR": 50, "CAD": 50, "AUD": 50, "CHF": 50, "NZD": 50, "SGD": 50, "GBP": 30,
    "JPY": 50, "DKK": 250, "NOK": 300, "SEK": 300,
}  # fmt: skip
"""Stripe's smallest charge, in minor units; a currency that is not listed has none that we know of."""

_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+")
_GROUPED_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+")
_GROUP = 3
"""So many digits behind the mark, in a currency without so many decimals, are another language's thousands."""
_PLAIN = re.compile(r"(\d+)(?:\.(\d*))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of an upper-case ISO currency."""

    amount: int
    currency: str

    def __str__(self) -> str:
        return f"{plain_amount(self.amount, self.currency)} {self.currency}"


def decimals(currency: str) -> int:
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def smallest_step(currency: str) -> int:
    """Amounts at Stripe must be multiples of this many minor units."""
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in WHOLE_UNITS_ONLY else 1


def parse_amount(text: str, currency: str, *, locale: str, payable: bool = True) -> int:
    """Minor units of what a person typed in major units, with a dot or the locale's comma.

    Only what can be read in one way is accepted; everything else raises Refusal on field `amount`. What is not
    `payable`, such as a lawyer's rate, need not be an amount that Stripe can charge.
    """
    match = _PLAIN.fullmatch(_without_grouping(text.strip(), locale))
    if match is None:
        raise Refusal(
            "Write the amount in digits, such as {example}.", field="amount", example=_example(currency, locale)
        )
    whole, fraction = match.group(1), match.group(2) or ""
    places = decimals(currency)
    if len(fraction.rstrip("0")) > places or (len(fraction) == _GROUP and places < _GROUP):
        raise Refusal("{currency} has no amounts that fine.", field="amount", currency=currency)
    if len(whole) > 12:  # noqa: PLR2004  far over any limit; keeps int() cheap
        too_large = "That amount is larger than one payment can be." if payable else "This amount is out of range."
        raise Refusal(too_large, field="amount")
    minor = int(whole + (fraction + "0" * places)[:places])
    if payable and minor % smallest_step(currency):
        _refuse_step(currency, locale)
    return minor


@lru_cache(maxsize=4096)
def format_amount(minor: int, currency: str, *, locale: str) -> str:
    """`1,124.50` or `1 124,50`: all decimals of the currency, a true minus sign."""
    places = decimals(currency)
    value = Decimal(minor).scaleb(-places)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(value, pattern, locale=locale).replace("-", "\u2212")


def format_money(minor: int, currency: str, *, locale: str) -> str:
    """The amount and its code, kept on one line: `62.50 CAD`."""
    return f"{format_amount(minor, currency, locale=locale)}\u00a0{currency}"


def plain_amount(minor: int, currency: str) -> str:
    """`62.50`: for form fields and files; a dot, no grouping."""
    return f"{Decimal(minor).scaleb(-decimals(currency)):f}"


def _without_grouping(text: str, locale: str) -> str:
    whole, dot, fraction = text.partition(".")
    if locale == "fr" and not dot:
        whole, dot, fraction = text.partition(",")
    if _GROUPED.fullmatch(whole):
        whole = re.sub(r"[ \u00a0\u202f]", "", whole)
    elif locale == "en" and _GROUPED_ENGLISH.fullmatch(whole):
        whole = whole.replace(",", "")
    return f"{whole}.{fraction}" if dot else whole


def _refuse_step(currency: str, locale: str) -> NoReturn:
    if currency not in THREE_DECIMAL:
        raise Refusal("{currency} has no amounts that fine.", field="amount", currency=currency)
    step = format_amount(smallest_step(currency), currency, locale=locale)
    raise Refusal("Payments in {currency} go in steps of {step}.", field="amount", currency=currency, step=step)


def _example(currency: str, locale: str) -> str:
    plain = plain_amount(6250 - 6250 % smallest_step(currency) if decimals(currency) else 5000, currency)
    return plain.replace(".", ",") if locale == "fr" else plain
