"""What a gift's form may say, and when two forms are the same gift. Pure."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from fund.kit.errors import Refusal
from fund.kit.money import LARGEST, SMALLEST_AT_STRIPE, format_money, smallest_step
from fund.kit.texts import clean
from fund.mail.rules import is_address

VISIBILITIES = ("public", "hidden", "secret")
LONGEST_NAME = 80
LONGEST_MESSAGE = 1_000
_REF = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class GiftForm:
    """What a donor sent, already judged: `amount` in minor units, empty texts as None."""

    amount: int
    visibility: str
    display_name: str | None
    message: str | None
    email: str | None
    ref: str
    fee_covered: int = 0
    """The part of `amount` that was added for the processing fee."""
    monthly: bool = False
    stop_at_target: bool = False
    """Of a monthly gift: whether it ends by itself when the campaign has what it asked for."""


def check_gift_form(
    *,
    amount: int,
    currency: str,
    minimum: int,
    visibility: str,
    display_name: str,
    message: str,
    email: str,
    ref: str,
    locale: str,
    fee_covered: int = 0,
    monthly: bool = False,
    stop_at_target: bool = False,
) -> GiftForm:
    """Raises Refusal with the field it belongs to. What is refused is said before anything is sent to Stripe."""
    check_amount(amount, currency=currency, minimum=minimum, locale=locale)
    if visibility not in VISIBILITIES:
        raise Refusal("Choose how you appear.", field="visibility")
    name = clean_line(display_name, LONGEST_NAME, "display_name")
    words = clean_text(message, LONGEST_MESSAGE, "message")
    if visibility == "public" and not (name and any(unicodedata.category(c)[0] in "LNS" for c in name)):
        raise Refusal("Write the name that the public may see, or choose to stay hidden.", field="display_name")
    if visibility == "secret" and words:
        raise Refusal(
            "A gift that is hidden from us carries no message: we would have to read it before it is shown.",
            field="message",
        )
    return GiftForm(
        amount=amount,
        visibility=visibility,
        display_name=None if visibility == "secret" else name,
        message=words,
        email=check_address(email),
        ref=ref if _REF.fullmatch(ref) else "",
        fee_covered=fee_covered,
        monthly=monthly,
        stop_at_target=monthly and stop_at_target,
    )


def check_amount(amount: int, *, currency: str, minimum: int, locale: str) -> None:
    least = max(minimum, SMALLEST_AT_STRIPE.get(currency, 1))
    if amount < least:
        raise Refusal(
            "The smallest gift is {minimum}.", field="amount", minimum=format_money(least, currency, locale=locale)
        )
    if amount > LARGEST:
        raise Refusal(
            "One payment can be at most {maximum}. For more, please write to us.",
            field="amount",
            maximum=format_money(LARGEST - LARGEST % smallest_step(currency), currency, locale=locale),
        )


def check_address(email: str) -> str | None:
    """An address we can write to, or None if the field was left empty."""
    address = email.strip()
    if not address:
        return None
    if not is_address(address):
        raise Refusal("This is not an e-mail address. It looks like name@example.org.", field="email")
    return address


def clean_line(text: str, longest: int, field: str) -> str | None:
    """One line without characters that show nothing or turn the reading direction, nor towers of accents."""
    cleaned = " ".join((clean_text(text, longest, field) or "").split())
    return cleaned or None


def clean_text(text: str, longest: int, field: str) -> str | None:
    """Several lines, cleaned as `clean_line`; raises Refusal if longer than `longest`."""
    kept = clean(text)
    if len(kept) > longest:
        raise Refusal("At most {longest} characters, please.", field=field, longest=longest)
    return kept or None


def form_key(nonce: str, form: GiftForm, campaign_id: int) -> str:
    """The same form sent twice has the same key; any changed value is another gift."""
    parts = [nonce, str(campaign_id), str(form.amount), form.visibility, form.display_name, form.message, form.email]
    parts += [str(form.fee_covered), f"{form.monthly:d}{form.stop_at_target:d}"]
    return hashlib.sha256("\x1f".join(part or "" for part in parts).encode()).hexdigest()


def nonce_hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


SETTLED = ("paid", "refunded_in_part", "disputed")
"""States of a gift that stands, wholly or in part."""
STANDING_REFUNDS = ("pending", "requires_action", "succeeded")
"""States of a refund that lower what stands of its gift."""
OPEN_REFUNDS = ("planned", *STANDING_REFUNDS)
"""States of a refund that take away from what can still be refunded."""
WON = ("won", "warning_closed", "prevented")
INQUIRY = "warning_"


def state_after(*, amount: int, refunded: int, disputed: int, came_back: bool, lost: int) -> str:
    """What a gift that was booked is now. Only what happened to the money decides."""
    if came_back:
        return "failed"
    if disputed > 0:
        return "disputed"
    if refunded + lost >= amount:
        return "refunded"
    return "refunded_in_part" if refunded + lost > 0 else "paid"


def share_of_refund(booked: int, given: int, before: int, refund: int) -> int:
    """A refund's part of the gift as it was booked, in the settled currency.

    `booked` is the gift's balance transaction, `given` the gift, `before` what older refunds took of it, `refund` this
    one. Shares are differences of rounded running totals, so that refunds of a whole gift take exactly what was booked.
    """
    return _rounded(booked * (before + refund), given) - _rounded(booked * before, given)


def in_gift_currency(part: int, *, given: int, booked: int) -> int:
    """A part of what was booked in the settled currency, as the same part of what was given."""
    return _rounded(given * part, booked) if booked else 0


def _rounded(numerator: int, denominator: int) -> int:
    """Half up, in integers, for figures that are not negative."""
    return (2 * numerator + denominator) // (2 * denominator)


SPIKE_WINDOW = timedelta(minutes=10)
SPIKE_DECLINES = 20
"""Whoever tests stolen cards tries dozens in minutes; a campaign that is shared widely sees a handful declined."""
SPIKE_RATIO = 3
"""Of honest cards far more than a quarter go through, so that a busy hour is no spike."""
STILL_DECLINES = 5
"""A campaign that takes gifts slowly lets few cards be tried: so many still show that somebody goes on."""
SLOW_FOR = timedelta(minutes=30)
"""How long a campaign stays slow after the last sign of a spike."""
SLOW_PER_MINUTE = 6
"""Gifts that a slow campaign lets begin in a minute, whoever begins them."""
SLOW_LIMIT = "3/10 minutes"
"""And from one address."""


def is_spike(*, declined: int, settled: int, slowed: bool) -> bool:
    """Whether so many cards were declined beside so many gifts that somebody must be testing cards."""
    return declined >= (STILL_DECLINES if slowed else SPIKE_DECLINES) and declined > SPIKE_RATIO * settled
