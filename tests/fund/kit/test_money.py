import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.kit.errors import Refusal
from fund.kit.money import (
    LARGEST,
    SMALLEST_AT_STRIPE,
    format_amount,
    format_money,
    parse_amount,
    plain_amount,
    smallest_step,
)

CURRENCIES = ("CAD", "SEK", "JPY", "KWD", "ISK", "EUR")
LOCALES = ("en", "fr")
NBSP, THIN_NBSP, THIN = "\u00a0", "\u202f", "\u2009"

amounts = st.tuples(st.sampled_from(CURRENCIES), st.integers(0, LARGEST)).map(
    lambda drawn: (drawn[0], drawn[1] - drawn[1] % smallest_step(drawn[0]))
)


@given(amounts, st.sampled_from(LOCALES))
def test_what_is_shown_can_be_typed(drawn: tuple[str, int], locale: str) -> None:
    currency, minor = drawn
    for shown in (format_amount(minor, currency, locale=locale), plain_amount(minor, currency)):
        assert parse_amount(shown, currency, locale=locale) == minor
        assert parse_amount(f"  {shown}\n", currency, locale=locale) == minor


def read(text: str, currency: str, locale: str) -> int | Refusal:
    try:
        return parse_amount(text, currency, locale=locale)
    except Refusal as refusal:
        return refusal


@given(st.text(max_size=14), st.sampled_from(CURRENCIES), st.sampled_from(LOCALES))
def test_any_text_is_an_amount_or_a_refusal(text: str, currency: str, locale: str) -> None:
    found = read(text, currency, locale)
    if isinstance(found, Refusal):
        assert (found.status, found.field, bool(str(found))) == (422, "amount", True)
    else:
        assert found >= 0
        assert found % smallest_step(currency) == 0


@pytest.mark.parametrize(
    ("text", "currency", "locale", "minor"),
    [
        ("62.50", "CAD", "en", 6250),
        ("62.5", "CAD", "fr", 6250),
        ("62,50", "CAD", "fr", 6250),
        ("62", "CAD", "en", 6200),
        ("62.", "CAD", "en", 6200),
        ("0", "CAD", "en", 0),
        ("0.49", "USD", "en", 49),
        ("1,124.50", "CAD", "en", 112450),
        ("1,500", "CAD", "en", 150000),
        ("1 124,50", "CAD", "fr", 112450),
        (f"1{NBSP}124,50", "CAD", "fr", 112450),
        (f"1{THIN_NBSP}124,50", "CAD", "fr", 112450),
        ("500", "JPY", "en", 500),
        ("500.00", "JPY", "en", 500),
        ("5.120", "KWD", "en", 5120),
        ("5,12", "KWD", "fr", 5120),
        ("5", "ISK", "en", 500),
    ],
)
def test_amounts_that_are_read(text: str, currency: str, locale: str, minor: int) -> None:
    assert parse_amount(text, currency, locale=locale) == minor


@pytest.mark.parametrize(
    ("text", "currency", "locale", "word"),
    [
        ("", "CAD", "en", "62.50"),
        ("   ", "CAD", "en", "62.50"),
        ("abc", "JPY", "en", "5000"),
        ("abc", "KWD", "en", "6.250"),
        ("abc", "ISK", "en", "62.00"),
        ("abc", "CAD", "fr", "62,50"),
        ("abc", "JPY", "fr", "5000"),
        ("-5", "CAD", "en", "digits"),
        ("\u22125", "CAD", "en", "digits"),
        ("+5", "CAD", "en", "digits"),
        ("nan", "CAD", "en", "digits"),
        ("inf", "CAD", "en", "digits"),
        ("1e9", "CAD", "en", "digits"),
        ("0x10", "CAD", "en", "digits"),
        ("1_000", "CAD", "en", "digits"),
        ("１２", "CAD", "en", "digits"),
        ("٣", "CAD", "en", "digits"),
        ("²", "CAD", "en", "digits"),
        ("1,50", "CAD", "en", "digits"),
        ("1,24.50", "CAD", "en", "digits"),
        ("1.000,50", "CAD", "fr", "digits"),
        ("1,000.50", "CAD", "fr", "digits"),
        ("12,50,00", "CAD", "fr", "digits"),
        ("1 2", "CAD", "fr", "digits"),
        (f"1{THIN}000", "CAD", "fr", "digits"),
        ("5 $", "CAD", "en", "digits"),
        ("5\x00", "CAD", "en", "digits"),
        ("5\u202e0", "CAD", "en", "digits"),
        (".5", "CAD", "en", "digits"),
        ("12.345", "CAD", "en", "fine"),
        ("0.5", "JPY", "en", "fine"),
        ("5.125", "KWD", "en", "steps of 0.010"),
        ("5,125", "KWD", "fr", "steps of 0,010"),
        ("5.12345", "KWD", "en", "fine"),
        ("5.50", "ISK", "en", "fine"),
        ("9" * 13, "CAD", "en", "larger"),
        ("9" * 10_000, "CAD", "en", "larger"),
    ],
)
def test_amounts_that_are_refused_with_a_reason(text: str, currency: str, locale: str, word: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_amount(text, currency, locale=locale)
    assert (refused.value.field, refused.value.status) == ("amount", 422)
    assert word in str(refused.value)


@pytest.mark.parametrize(
    ("text", "currency", "locale"), [("500.000", "JPY", "en"), ("25.000", "CAD", "en"), ("25,000", "CAD", "fr")]
)
def test_thousands_of_another_language_are_not_read_as_decimals(text: str, currency: str, locale: str) -> None:
    with pytest.raises(Refusal):
        parse_amount(text, currency, locale=locale)


def test_what_is_not_paid_in_one_piece_need_not_be_chargeable() -> None:
    assert parse_amount("5.125", "KWD", locale="en", payable=False) == 5125
    assert parse_amount("9" * 12, "CAD", locale="en", payable=False) == int("9" * 12 + "00")
    with pytest.raises(Refusal, match="This amount is out of range"):
        parse_amount("9" * 13, "CAD", locale="en", payable=False)


def test_amounts_keep_their_decimals_and_a_true_minus() -> None:
    assert format_amount(-112450, "CAD", locale="en") == "\u22121,124.50"
    assert format_amount(-112450, "CAD", locale="fr") == f"\u22121{THIN_NBSP}124,50"
    assert format_money(6250, "CAD", locale="en") == f"62.50{NBSP}CAD"
    assert format_money(5000, "JPY", locale="fr") == f"5{THIN_NBSP}000{NBSP}JPY"
    assert plain_amount(5120, "KWD") == "5.120"


def test_one_charge_is_at_least_and_at_most_what_stripe_publishes() -> None:
    published = {
        "0.50": "USD EUR CAD AUD CHF NZD SGD", "0.30": "GBP", "2.50": "DKK", "3.00": "NOK SEK", "50": "JPY"
    }  # fmt: skip
    least = {currency: plain_amount(minor, currency) for currency, minor in SMALLEST_AT_STRIPE.items()}
    assert least == {currency: amount for amount, codes in published.items() for currency in codes.split()}
    assert plain_amount(LARGEST, "USD") == "999999.99"
