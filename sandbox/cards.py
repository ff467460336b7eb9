"""Stripe's test card numbers and what each of them does."""

import re
from dataclasses import dataclass

from sandbox.errors import StripeError


@dataclass(frozen=True)
class Card:
    """A test card; `decline` is code and decline_code, `special` what happens later."""

    number: str
    brand: str = "visa"
    country: str = "US"
    decline: tuple[str, str | None] | None = None
    special: str = ""

    @property
    def asks(self) -> bool:
        """Whether the bank asks the holder to confirm when they are there."""
        return self.special.startswith("authenticate")

    @property
    def last4(self) -> str:
        return self.number[-4:]


def _card(number: str, brand: str = "visa", country: str = "US", special: str = "") -> Card:
    return Card(number, brand, country, None, special)


def _declined(number: str, code: str, decline: str | None = None) -> Card:
    return Card(number, "visa", "US", (code, decline))


CARDS = {
    each.number: each
    for each in (
        _card("4242424242424242"),
        _card("4000001240000000", country="CA"),
        _card("4000007520000008", country="SE"),
        _card("5555555555554444", "mastercard"),
        _card("378282246310005", "amex"),
        _card("4000002500003155", special="authenticate"),
        _card("4000002760003184", special="authenticate_always"),
        _card("4000000000000077", special="available_at_once"),
        _card("4000000000000259", special="dispute"),
        _card("4000000000001976", special="inquiry"),
        _card("4000000000007726", special="refund_pending"),
        _card("4000000000005126", special="refund_fails"),
        _declined("4000000000000002", "card_declined", "generic_decline"),
        _declined("4000000000009995", "card_declined", "insufficient_funds"),
        _declined("4000000000009987", "card_declined", "lost_card"),
        _declined("4000000000009979", "card_declined", "stolen_card"),
        _declined("4000000000000341", "card_declined", "generic_decline"),
        _declined("4000000000000069", "expired_card"),
        _declined("4000000000000127", "incorrect_cvc"),
        _declined("4000000000000119", "processing_error"),
    )
}
ATTACHES = "4000000000000341"  # can be kept, cannot be charged
GENERIC_DECLINE = ("card_declined", "generic_decline")
NEEDS_AUTHENTICATION = ("authentication_required", "authentication_required")
UNAUTHENTICATED = ("payment_intent_authentication_failure", None)
MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "payment_intent_authentication_failure": (
        "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    ),
}


def find_card(text: str) -> Card:
    """Return the card of a typed number; raises the 402 of a number that is wrong or no test number."""
    number = re.sub(r"[\s-]", "", text)
    if number in CARDS:
        return CARDS[number]
    if not re.fullmatch(r"[0-9]{12,19}", number) or not _luhn(number):
        raise StripeError(402, "card_error", "Your card number is incorrect.", code="incorrect_number")
    message = (
        "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test"
        " cards, visit: https://stripe.com/docs/testing."
    )
    code, reason = "card_declined", "test_mode_live_card"
    raise StripeError(402, "card_error", message, code=code, decline_code=reason)


def message_of(decline: tuple[str, str | None]) -> str:
    """Return Stripe's sentence for a decline."""
    return MESSAGES.get(decline[1] or "") or MESSAGES[decline[0]]


def _luhn(number: str) -> bool:
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2]]
    return (sum(doubled) + sum(int(digit) for digit in number[-1::-2])) % 10 == 0
