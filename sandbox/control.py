"""The controls of the tests, all JSON, under /_sandbox/ (table in README.md)."""

import json
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from sandbox import faults, outbox, pay
from sandbox.cards import GENERIC_DECLINE, find_card
from sandbox.errors import StripeError
from sandbox.events import EVENT
from sandbox.mailbox import MailFault
from sandbox.objects import Obj
from sandbox.sessions import get_session
from sandbox.state import Sandbox

blueprint = Blueprint("control", __name__, url_prefix="/_sandbox")

EVERY_PATH = "/v1/"
DEFAULT_CARD = "4242424242424242"
OUTCOMES = ("succeed", "decline", "process", "settle", "fail")
MAIL_MODES = ("reply", "hang", "drop_before_reply")


class Unusable(Exception):  # noqa: N818  the caller's mistake, told to the caller
    """The body of a control call says something that means nothing."""


def _sandbox() -> Sandbox:
    sandbox: Sandbox = current_app.extensions["sandbox"]
    return sandbox


def _body() -> Obj:
    body = request.get_json(force=True, silent=True) if request.get_data() else {}
    if not isinstance(body, dict):
        raise Unusable("The body must be a JSON object.")
    return body


def _number(body: Obj, name: str, least: int, default: int | None = None) -> int | None:
    value = body.get(name, default)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < least):
        raise Unusable(f"`{name}` must be a whole number from {least}.")
    return value


def _choice(body: Obj, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
    value = body.get(name, default)
    if value not in choices:
        raise Unusable(f"`{name}` must be one of: {', '.join(choices)}.")
    return str(value)


@blueprint.errorhandler(Unusable)
def _unusable(error: Unusable) -> tuple[Obj, int]:
    return {"error": str(error)}, HTTPStatus.BAD_REQUEST


@blueprint.errorhandler(pay.NotPossible)
def _not_possible(error: pay.NotPossible) -> tuple[Obj, int]:
    return {"error": str(error)}, HTTPStatus.CONFLICT


@blueprint.errorhandler(StripeError)
def _stripe_error(error: StripeError) -> tuple[Obj, int]:
    return {"error": error.message, "code": error.fields.get("code")}, error.status


@blueprint.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> tuple[Obj, int]:
    return {"error": error.description}, error.code or HTTPStatus.BAD_REQUEST


@blueprint.post("/pay")
def pay_session() -> Obj:
    """Pay a session; a declined card is a 200 that says so, a session in the wrong state a 409."""
    sandbox, body = _sandbox(), _body()
    outcome = _choice(body, "outcome", OUTCOMES, "succeed")
    by_debit = outcome in {"process", "settle", "fail"} and "card" not in body
    method = _choice(body, "method", ("card", "acss_debit"), "acss_debit" if by_debit else "card")
    payer = pay.Payer(body.get("email"), body.get("name"))
    with sandbox.lock:
        session = get_session(sandbox, str(body.get("session")))
        if method == "acss_debit":
            charge = _debit(sandbox, session, payer, outcome)
        else:
            charge = _card(sandbox, session, payer, str(body.get("card", DEFAULT_CARD)), outcome)
        return {
            "session": session["id"],
            "status": session["status"],
            "payment_status": session["payment_status"],
            "payment_intent": session["payment_intent"],
            "charge": charge["id"],
            "charge_status": charge["status"],
            "failure_code": charge["failure_code"],
        }


def _card(sandbox: Sandbox, session: Obj, payer: pay.Payer, number: str, outcome: str) -> Obj:
    card = find_card(number)
    if outcome in {"process", "settle"}:
        raise Unusable("A card pays at once: use the outcome `succeed`, `decline` or `fail`.")
    if outcome == "succeed":
        return pay.pay_by_card(sandbox, session, card, payer)
    return pay.decline_card(sandbox, session, card, payer, card.decline or GENERIC_DECLINE)


def _debit(sandbox: Sandbox, session: Obj, payer: pay.Payer, outcome: str) -> Obj:
    if outcome == "decline":
        raise Unusable("A debit is never declined at once: use the outcome `fail`.")
    if outcome in {"succeed", "process"} or session["status"] == "open":
        charge = pay.pay_by_debit(sandbox, session, payer)
    if outcome == "settle":
        charge = pay.settle_debit(sandbox, session)
    if outcome == "fail":
        charge = pay.fail_debit(sandbox, session)
    return charge


@blueprint.get("/clock")
def clock() -> Obj:
    sandbox = _sandbox()
    with sandbox.lock:
        return {"now": sandbox.now()}


@blueprint.post("/advance")
def advance() -> Obj:
    """Move the clock; everything that falls due happens on the way, in its order."""
    sandbox = _sandbox()
    seconds = _number(_body(), "seconds", 0)
    if seconds is None:
        raise Unusable("`seconds` is missing.")
    with sandbox.lock:
        return {"now": sandbox.clock.advance(seconds)}


@blueprint.post("/delivery")
def delivery() -> Obj:
    """Set the mode and release what is kept; the modes are described in outbox.py."""
    sandbox, body = _sandbox(), _body()
    count = _number(body, "release", 0)
    mode = _choice(body, "mode", outbox.MODES) if "mode" in body else None
    with sandbox.lock:
        released = sandbox.outbox.release(count or 0) if count is not None or mode == "normal" else 0
        if mode is not None:
            sandbox.outbox.set_mode(mode)
        return {"mode": sandbox.outbox.mode, "released": released, "held": len(sandbox.outbox.kept)}


@blueprint.get("/events")
def events() -> Obj:
    """List every event with its deliveries, newest last."""
    sandbox = _sandbox()
    with sandbox.lock:
        rows = reversed(list(sandbox.table(EVENT).newest_first()))
        return {"data": [outbox.summary(each, sandbox.outbox.of(each["id"])) for each in rows]}


@blueprint.post("/faults")
def set_fault() -> Obj:
    """Set the fault of a path, or clear one (`off` with a path) or all (`off`)."""
    sandbox, body = _sandbox(), _body()
    mode = _choice(body, "mode", (*faults.MODES, "off"))
    path = body.get("path")
    if path is not None and not (isinstance(path, str) and path.startswith("/")):
        raise Unusable("`path` must begin with /.")
    every, times = _number(body, "every", 1, 1) or 1, _number(body, "times", 1)
    with sandbox.lock:
        if mode == "off":
            sandbox.faults.clear(path)
        else:
            sandbox.faults.set(faults.Fault(path or EVERY_PATH, mode, every, times, body.get("method")))
    return {"mode": mode, "path": path}


@blueprint.post("/smtp")
def set_mail_fault() -> Obj:
    """Set or clear the fault of the mail server."""
    sandbox, body = _sandbox(), _body()
    mode = _choice(body, "mode", (*MAIL_MODES, "off"), "reply")
    if mode == "off":
        sandbox.mailbox.set_fault(None)
        return {"mode": mode}
    code = _number(body, "code", 400, 451) or 0
    if code > 599:  # noqa: PLR2004  replies end there
        raise Unusable("`code` must be from 400 to 599.")
    every, times = _number(body, "every", 1, 1) or 1, _number(body, "times", 1)
    sandbox.mailbox.set_fault(MailFault(code, body.get("recipient"), every, times, mode))
    return {"mode": mode, "code": code}


@blueprint.route("/log", methods=["GET", "DELETE"])
def log() -> Response:
    """Return every exchange and delivery as JSON lines, or empty the log."""
    sandbox = _sandbox()
    if request.method == "DELETE":
        sandbox.log.clear()
        return Response(status=HTTPStatus.NO_CONTENT)
    return Response(sandbox.log.text(), content_type="application/jsonl; charset=utf-8")


@blueprint.route("/mail", methods=["GET", "DELETE"])
def mail() -> Response:
    """Return the caught messages, oldest first, or empty the box."""
    sandbox = _sandbox()
    if request.method == "DELETE":
        sandbox.mailbox.clear()
        return Response(status=HTTPStatus.NO_CONTENT)
    shown: list[Any] = [each.shown() for each in sandbox.mailbox.all()]
    return Response(json.dumps(shown), content_type="application/json")


@blueprint.post("/reset")
def reset() -> Obj:
    """Forget everything; `{"log": true}` the log as well."""
    _sandbox().reset(log=_body().get("log") is True)
    return {"reset": True}
