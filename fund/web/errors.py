"""What a person sees when a rule says no, and when something breaks. No traceback, no driver message, no donor data."""

import secrets
from pathlib import Path
from types import TracebackType

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from fund.db.session import BusyError
from fund.kit.errors import Refusal
from fund.kit.money import Money, format_money
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import close_read_session

log = structlog.get_logger()
ROOT = Path(__file__).parents[2]

TITLES = {
    400: "That could not be read",
    403: "Not for you",
    404: "There is nothing here",
    405: "That is not possible here",
    409: "Not now",
    410: "Too late",
    413: "That is too large",
    422: "Something needs another look",
    429: "One moment, please",
    503: "Please try again in a moment",
}
SENTENCES = {
    400: "Your browser sent something that this page does not understand.",
    403: "Your account does not open this page.",
    404: "The address may be old, or mistyped.",
    405: "This address does not take that kind of request.",
    413: "What was sent is larger than this page accepts.",
    429: "Too many requests came from your address. Wait a little and try again.",
    503: "A service that this page needs does not answer.",
}


def explain(refusal: Refusal) -> str:
    """The refusal's sentence in the page's language."""
    values = {
        name: format_money(value.amount, value.currency, locale=current_locale()) if isinstance(value, Money) else value
        for name, value in refusal.values.items()
    }
    return gettext(refusal.message, **values)


def refuse(refusal: Refusal) -> Response:
    return _answer(refusal.status, explain(refusal))


def _answer(status: int, sentence: str, *, reference: str = "") -> Response:
    title = gettext(TITLES.get(status, "Something went wrong"))
    if request.path.startswith(("/api/", "/hooks/")):
        body: dict[str, object] = {"error": {"status": status, "title": title, "message": sentence}}
        response = jsonify(body)
        response.status_code = status
        return response
    page = render_template("shared/error.html", title=title, sentence=sentence, reference=reference, status=status)
    return make_response(page, status)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004  a redirect raised as an exception, such as one for a missing slash
        return make_response(error.get_response())
    close_read_session()
    response = _answer(status, gettext(SENTENCES.get(status, "The server could not answer.")))
    for name, value in error.get_headers():
        if name.lower() in ("retry-after", "allow"):
            response.headers[name] = value
    return response


def _refused(refusal: Refusal) -> Response:
    close_read_session()
    return refuse(refusal)


def _busy(_error: BusyError) -> Response:
    close_read_session()
    response = _answer(503, gettext("The books are busy. Nothing was changed; please try again."))
    response.headers["Retry-After"] = "5"
    return response


def _unexpected(error: Exception) -> Response:
    """The log gets the place it broke and a reference, never the message: a driver's message repeats values."""
    reference = secrets.token_hex(4)
    close_read_session()
    log.error(
        "unexpected",
        reference=reference,
        error=type(error).__name__,
        endpoint=request.endpoint,
        frames=_places(error.__traceback__),
    )
    sentence = gettext("This is our fault, not yours, and nothing was left half done.")
    return _answer(500, sentence, reference=reference)


def _places(trace: TracebackType | None) -> list[str]:
    """File and line: the last few of our own, and where in whose library it ended."""
    ours, others = list[str](), list[str]()
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        is_ours = path.is_relative_to(ROOT) and "site-packages" not in path.parts
        name = path.relative_to(ROOT) if is_ours else Path(*path.parts[-3:])
        (ours if is_ours else others).append(f"{name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return [*ours[-5:], *others[-3:]]


def init_app(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(BusyError, _busy)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
