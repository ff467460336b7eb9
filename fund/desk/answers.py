"""How the desk answers: a page, or back to one with a sentence about what was done."""

from flask import flash, redirect
from werkzeug.wrappers import Response

from fund.kit.errors import Refusal
from fund.web.errors import explain


def done(sentence: str, address: str) -> Response:
    """To `address`, which will show the sentence, already in the page's language, once."""
    flash(sentence, "done")
    return redirect(address, 303)


def errors_of(refusal: Refusal, names: dict[str, str] | None = None) -> dict[str, str]:
    """The refusal beside its field; `names` says what a rule's field is called on this page. Empty key: the form."""
    field = refusal.field or ""
    return {(names or {}).get(field, field): explain(refusal)}
