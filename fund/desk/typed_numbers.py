"""Numbers as people type them, collected with what is wrong about each, so that a form says everything at once."""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from fund.kit.errors import Refusal
from fund.kit.money import parse_amount
from fund.web.errors import explain
from fund.web.i18n import current_locale, gettext

_DECIMAL = re.compile(r"(\d{1,9})(?:[.,](\d{1,9}))?", re.ASCII)
_WHOLE = re.compile(r"\d{1,12}", re.ASCII)
_SPACES = re.compile(r"[ \u00a0\u202f]")


class TypedNumbers:
    """Reads fields of one form; `errors` is {field: sentence} in the page's language."""

    def __init__(self, values: Mapping[str, str], currency: str) -> None:
        self.errors: dict[str, str] = {}
        self._values = values
        self._currency = currency

    def text(self, field: str) -> str:
        return self._values.get(field, "").strip()

    def amount(self, field: str, *, payable: bool = False) -> int | None:
        """Minor units; None when empty or unreadable. `payable` where it must be one that Stripe can charge."""
        if not self.text(field):
            return None
        try:
            return parse_amount(self.text(field), self._currency, locale=current_locale(), payable=payable)
        except Refusal as refusal:
            self.errors[field] = explain(refusal)
            return None

    def hundredths(self, field: str) -> int | None:
        """Hours with at most two decimals: 800 is eight."""
        return self._scaled(field, 100, gettext("Write hours in digits, with at most two decimals, such as 7.5."))

    def ppm(self, field: str) -> int | None:
        """A percentage with at most four decimals, in millionths."""
        return self._scaled(
            field, 10_000, gettext("Write the rate in per cent, with at most four decimals, such as 9.975.")
        )

    def whole(self, field: str) -> int | None:
        """A count, perhaps grouped by spaces."""
        text = _SPACES.sub("", self.text(field))
        if not text:
            return None
        if not _WHOLE.fullmatch(text):
            self.errors[field] = gettext("Write a whole number in digits.")
            return None
        return int(text)

    def _scaled(self, field: str, scale: int, sentence: str) -> int | None:
        text = self.text(field).removesuffix("%").strip()
        if not text:
            return None
        match = _DECIMAL.fullmatch(text)
        scaled = Fraction(Decimal(f"{match[1]}.{match[2] or 0}")) * scale if match else None
        if scaled is None or scaled.denominator != 1:
            self.errors[field] = sentence
            return None
        return int(scaled)
