"""What was refused of a list, and why: a CSV that any spreadsheet opens and none of them executes."""

import csv
import io
from collections.abc import Iterable, Iterator

from fund.kit.i18n import translate
from fund.members.models import ImportRefusal

N_ = str

_WORDS = {
    "quotes": N_("The quotation marks of this row do not add up."),
    "columns": N_("This row has another number of fields than the others."),
    "no_address": N_("There is no e-mail address in this row."),
    "two_addresses": N_("There are two addresses in one field."),
    "bad_address": N_("This is not an e-mail address that can be written to."),
    "bad_name": N_("This is not a name, or it is longer than 80 characters."),
    "bad_date": N_("The date of consent cannot be read, or is in the future."),
    "twice": N_("Another row of this file has the same address."),
    "gone": N_("This person deleted the account here. A list does not bring it back."),
}
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def reason_words(reason: str, locale: str) -> str:
    """Why a row is not imported, in a sentence."""
    return translate(_WORDS[reason], locale)


def report_of_import(refusals: Iterable[ImportRefusal], *, locale: str) -> Iterator[str]:
    """Lines of the file: line, reason, field."""
    yield _line(translate("line", locale), translate("reason", locale), translate("field", locale))
    for one in refusals:
        yield _line(str(one.line), reason_words(one.reason, locale), safe_cell(one.given))


def safe_cell(text: str) -> str:
    """What a spreadsheet would take for a formula gets an apostrophe in front; line breaks become spaces."""
    plain = text.replace("\x00", "\N{SYMBOL FOR NULL}").replace("\r\n", " ").replace("\n", " ")
    return f"'{plain}" if plain.lstrip(" ").startswith(_STARTS_A_FORMULA) else plain


def _line(*cells: str) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
