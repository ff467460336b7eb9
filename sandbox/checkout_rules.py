"""What Stripe checks of a new Checkout session beyond the types of its parameters."""

import re
from urllib.parse import urlsplit

from sandbox import money
from sandbox.errors import StripeError, invalid
from sandbox.wire import Params

SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
LEEWAY = 60
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
FORBIDDEN_IN_DESCRIPTOR = set("<>\\'\"*")
ONLY_IN = {"payment_intent_data": "payment", "subscription_data": "subscription", "setup_intent_data": "setup"}


def check_session(params: Params, now: int) -> None:
    """Raise StripeError for the first rule that is broken."""
    mode = params.get("mode")
    if mode is None:
        raise _missing("mode")
    for data, only in ONLY_IN.items():
        if data in params and mode != only:
            raise invalid(f"You can not pass `{data}` in `{mode}` mode.", param=data)
    if mode == "setup":
        _check_setup(params)
    if mode == "subscription" and "customer_creation" in params:
        raise invalid("`customer_creation` can only be used in `payment` mode.", param="customer_creation")
    if params.get("customer") and params.get("customer_email"):
        message = "You may only specify one of these parameters: customer, customer_email."
        raise invalid(message, param="customer_email")
    _check_pages(params)
    _check_email(params)
    _check_expiry(params, now)
    _check_descriptors(params)


def _check_setup(params: Params) -> None:
    for name in ("line_items", "submit_type"):
        if name in params:
            raise invalid(f"You can not pass `{name}` in `setup` mode.", param=name)
    if not params.get("currency") and not params.get("allowed_payment_method_types"):
        raise _missing("currency")


def _missing(param: str) -> StripeError:
    return invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")


def _check_pages(params: Params) -> None:
    if params.get("ui_mode", "hosted_page") == "hosted_page" and not params.get("success_url"):
        raise _missing("success_url")
    for name in ("success_url", "cancel_url", "return_url"):
        value = params.get(name)
        if value and not (urlsplit(value).scheme in {"http", "https"} and urlsplit(value).netloc):
            raise invalid("Not a valid URL", param=name, code="url_invalid")


def _check_email(params: Params) -> None:
    email = params.get("customer_email")
    if email is not None and not ADDRESS.fullmatch(email):
        raise invalid(f"Invalid email address: {email[:80]}", param="customer_email", code="email_invalid")


def _check_expiry(params: Params, now: int) -> None:
    lasts = params.get("expires_at", now + LONGEST) - now
    if not SHORTEST - LEEWAY <= lasts <= LONGEST + LEEWAY:
        message = "The `expires_at` timestamp must be 30 minutes to 24 hours from Checkout Session creation."
        raise invalid(message, param="expires_at")


def _check_descriptors(params: Params) -> None:
    data = params.get("payment_intent_data") or {}
    if data.get("capture_method") == "manual":
        raise invalid("This sandbox captures at once.", param="payment_intent_data[capture_method]")
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        if FORBIDDEN_IN_DESCRIPTOR & set(data.get(name, "")):
            message = "The statement descriptor can't contain the following characters: `<>\\'\"*`."
            raise invalid(message, param=f"payment_intent_data[{name}]")


def check_item(item: Params, index: int, mode: str) -> None:
    """Check one line with its price; the total is checked by `check_total`."""
    name = f"line_items[{index}]"
    price = item.get("price_data")
    if item.get("quantity", 1) < 1 or "quantity" not in item:
        raise (
            _missing(f"{name}[quantity]")
            if "quantity" not in item
            else invalid("This value must be greater than or equal to 1.", param=f"{name}[quantity]")
        )
    if not price and not item.get("price"):
        raise invalid(f"You must specify either `price` or `price_data` in {name}.", param=name)
    if price and item.get("price"):
        raise invalid("You may only specify one of these parameters: price, price_data.", param=name)
    if price:
        check_price(price, f"{name}[price_data]")
        check_kind(price.get("recurring"), mode, f"{name}[price_data][recurring]")


def check_kind(recurring: Params | None, mode: str, name: str) -> None:
    """A subscription takes recurring prices, a payment only others."""
    if recurring and mode == "payment":
        raise invalid("You specified `payment` mode but passed a recurring price.", param=name)
    if not recurring and mode == "subscription":
        raise invalid("You must provide at least one recurring price in `subscription` mode.", param=name)


def check_price(price: Params, name: str) -> None:
    """Check what a new price is made of; `name` says where it stands."""
    currency = price["currency"]
    if currency not in money.CURRENCIES:
        raise invalid(f"Invalid currency: {currency[:20]}.", param=_at(name, "currency"))
    if not price.get("product") and not price.get("product_data"):
        raise _missing(_at(name, "product"))
    if "unit_amount" not in price and not price.get("unit_amount_decimal"):
        raise _missing(_at(name, "unit_amount"))
    amount = unit_amount(price, name)
    if amount < 0:
        code, message = "parameter_invalid_integer", "Invalid non-negative integer"
        raise invalid(message, param=_at(name, "unit_amount"), code=code)
    wrong = money.problem(amount, currency)
    if wrong:
        raise invalid(wrong, param=_at(name, "unit_amount"), code="invalid_amount")


def unit_amount(price: Params, name: str) -> int:
    """Return the price of one in minor units; a decimal one must be whole here."""
    if "unit_amount" in price:
        return int(price["unit_amount"])
    text = price["unit_amount_decimal"]
    if not re.fullmatch(r"-?[0-9]{1,12}(\.0{1,12})?", text):
        raise invalid("This sandbox takes whole minor units.", param=_at(name, "unit_amount_decimal"))
    return int(text.partition(".")[0])


def _at(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key


def check_total(total: int, currency: str) -> None:
    """Stripe's smallest and largest payment."""
    least = money.MINIMUM.get(currency, 1)
    if total < least:
        message = f"The Checkout Session's total amount must be at least {money.shown(least, currency)}."
        raise invalid(message, code="amount_too_small")
    if total > money.MAXIMUM:
        message = f"The Checkout Session's total amount must be at most {money.shown(money.MAXIMUM, currency)}."
        raise invalid(message, code="amount_too_large")
