"""Amounts in minor units: which a currency allows, what Stripe keeps, how a person reads them."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency

ZERO_DECIMAL = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf")
)
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
WHOLE_UNITS_ONLY = frozenset({"isk", "ugx"})  # two decimals on the wire, always 00
TWO_DECIMAL = frozenset(
    {"aed", "aud", "bgn", "brl", "cad", "chf", "cny", "czk", "dkk", "eur", "gbp", "hkd"}
) | frozenset(
    {"huf", "idr", "ils", "inr", "mxn", "myr", "nok", "nzd", "pen", "php", "pln", "ron", "sar", "sek", "sgd", "thb"}
)
CURRENCIES = TWO_DECIMAL | {"try", "twd", "uah", "usd", "uyu", "zar"} | ZERO_DECIMAL | THREE_DECIMAL | WHOLE_UNITS_ONLY
# Stripe's table docs.stripe.com/currencies#minimum, in minor units; a currency that is not in it has none here.
MINIMUM = {
    **dict.fromkeys(["usd", "eur", "cad", "aud", "chf", "nzd", "sgd", "brl", "inr", "jpy"], 50),
    **dict.fromkeys(["nok", "sek"], 300),
    **dict.fromkeys(["pln", "ron", "myr", "aed"], 200),
    **dict.fromkeys(["mxn", "thb"], 1000),
    "gbp": 30,
    "hkd": 400,
    "czk": 1500,
    "dkk": 250,
    "huf": 17500,
}
MAXIMUM = 99_999_999


@dataclass(frozen=True)
class Price:
    """What Stripe keeps of one payment: a share in per cent and a fixed part in minor units."""

    percent: Decimal
    fixed: int


PRICES = {"cad": Price(Decimal("2.9"), 30), "sek": Price(Decimal("1.5"), 180), "jpy": Price(Decimal("3.6"), 0)}
OTHER_PRICE = Price(Decimal("2.9"), 30)


def fee(amount: int, currency: str) -> int:
    """Return the processing fee in minor units, rounded half up."""
    price = PRICES.get(currency, OTHER_PRICE)
    share = (amount * price.percent / 100).quantize(Decimal(1), ROUND_HALF_UP)
    return int(share) + price.fixed


def problem(amount: int, currency: str) -> str | None:
    """Return what is wrong with the precision of an amount, or None."""
    if currency in THREE_DECIMAL and amount % 10:
        return f"Amounts in {currency} need a last digit of 0."
    if currency in WHOLE_UNITS_ONLY and amount % 100:
        return f"Amounts in {currency} have no decimals: the last two digits must be 00."
    return None


def digits(currency: str) -> int:
    """Return how many decimals the wire carries for a currency."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def minor_units(text: str, currency: str) -> int | None:
    """Return what a person typed in major units, with a dot or a comma, or None if it is no amount above zero."""
    places = digits(currency)
    if not re.fullmatch(r"[0-9]{1,9}([.,][0-9]{1,3})?", text.strip()):
        return None
    amount = Decimal(text.strip().replace(",", ".")).scaleb(places)
    return int(amount) if amount == int(amount) and amount > 0 and not problem(int(amount), currency) else None


def shown(amount: int, currency: str, locale: str = "en") -> str:
    """Return the amount as a person reads it in `locale` (a Babel name, `fr_CA`)."""
    return format_currency(Decimal(amount).scaleb(-digits(currency)), currency.upper(), locale=locale)
