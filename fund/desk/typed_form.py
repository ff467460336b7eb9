"""A form of one campaign as it was typed: figures, days and words, with what is wrong about each."""

from collections.abc import Mapping
from datetime import date

from fund.desk.typed_days import read_day
from fund.desk.typed_numbers import TypedNumbers
from fund.kit.errors import Refusal
from fund.kit.texts import clean, clean_title
from fund.web.errors import explain

LONGEST_ID = 9


class TypedForm(TypedNumbers):
    def __init__(self, values: Mapping[str, str], currency: str) -> None:
        super().__init__(values, currency)
        self._typed = values

    def day(self, field: str) -> date:
        """The day, or one that is refused beside its field."""
        try:
            return read_day(self._typed.get(field, ""), field=field).date()
        except Refusal as refusal:
            self.errors[field] = explain(refusal)
            return date.min

    def line(self, field: str) -> str:
        return clean_title(self._typed.get(field, ""))

    def words(self, field: str) -> str:
        return clean(self._typed.get(field, ""))

    def number(self, field: str) -> int:
        """The id of something chosen; 0, which nothing has, for what is no id."""
        text = self._typed.get(field, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0
