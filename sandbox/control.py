"""The controls of the tests, all JSON, under /_sandbox/ (table in README.md)."""

import json
from http import HTTPStatus
from typing import Any

from flask import Response, request

from sandbox import faults, outbox, pay
from sandbox.cards import GENERIC_DECLINE, find_card
from sandbox.control_door import Unusable, blueprint, choice, number, read_body, the_sandbox
from sandbox.events import EVENT
from sandbox.mailbox import MailFault
from sandbox.objects import Obj
from sandbox.sessions import get_session
from sandbox.state import Sandbox

EVERY_PATH = "/v1/"
DEFAULT_CARD = "4242424242424242"
OUTCOMES = ("succeed", "decline", "process", "settle", "fail")
MAIL_MODES = ("reply", "hang", "drop_before_reply")


@blueprint.post("/pay")
def pay_session() -> Obj:
    """Pay a session; a declined card is a 200 that says so, a session in the wrong state a 409."""
    sandbox, body = the_sandbox(), read_body()
    outcome = choice(body, "outcome", OUTCOMES, "succeed")
    by_debit = outcome in {"process", "settle", "fail"} and "card" not in body
    method = choice(body, "method", ("card", "acss_debit"), "acss_debit" if by_debit else "card")
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
            "setup_intent": session["setup_intent"],
            "charge": charge["id"] if session["mode"] != "setup" else None,
            "charge_status": charge["status"],
            "failure_code": charge.get("failure_code"),
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
    sandbox = the_sandbox()
    with sandbox.lock:
        return {"now": sandbox.now()}


@blueprint.post("/advance")
def advance() -> Obj:
    """Move the clock; everything that falls due happens on the way, in its order."""
    sandbox = the_sandbox()
    seconds = number(read_body(), "seconds", 0)
    if seconds is None:
        raise Unusable("`seconds` is missing.")
    with sandbox.lock:
        return {"now": sandbox.clock.advance(seconds)}


@blueprint.post("/delivery")
def delivery() -> Obj:
    """Set the mode and release what is kept; the modes are described in outbox.py."""
    sandbox, body = the_sandbox(), read_body()
    count = number(body, "release", 0)
    mode = choice(body, "mode", outbox.MODES) if "mode" in body else None
    with sandbox.lock:
        released = sandbox.outbox.release(count or 0) if count is not None or mode == "normal" else 0
        if mode is not None:
            sandbox.outbox.set_mode(mode)
        return {"mode": sandbox.outbox.mode, "released": released, "held": len(sandbox.outbox.kept)}


@blueprint.get("/events")
def events() -> Obj:
    """List every event with its deliveries, newest last."""
    sandbox = the_sandbox()
    with sandbox.lock:
        rows = reversed(list(sandbox.table(EVENT).newest_first()))
        return {"data": [outbox.summary(each, sandbox.outbox.of(each["id"])) for each in rows]}


@blueprint.post("/faults")
def set_fault() -> Obj:
    """Set the fault of a path, or clear one (`off` with a path) or all (`off`)."""
    sandbox, body = the_sandbox(), read_body()
    mode = choice(body, "mode", (*faults.MODES, "off"))
    path = body.get("path")
    if path is not None and not (isinstance(path, str) and path.startswith("/")):
        raise Unusable("`path` must begin with /.")
    every, times = number(body, "every", 1, 1) or 1, number(body, "times", 1)
    with sandbox.lock:
        if mode == "off":
            sandbox.faults.clear(path)
        else:
            sandbox.faults.set(faults.Fault(path or EVERY_PATH, mode, every, times, body.get("method")))
    return {"mode": mode, "path": path}


@blueprint.post("/smtp")
def set_mail_fault() -> Obj:
    """Set or clear the fault of the mail server."""
    sandbox, body = the_sandbox(), read_body()
    mode = choice(body, "mode", (*MAIL_MODES, "off"), "reply")
    if mode == "off":
        sandbox.mailbox.set_fault(None)
        return {"mode": mode}
    code = number(body, "code", 400, 451) or 0
    if code > 599:  # noqa: PLR2004  replies end there
        raise Unusable("`code` must be from 400 to 599.")
    every, times = number(body, "every", 1, 1) or 1, number(body, "times", 1)
    sandbox.mailbox.set_fault(MailFault(code, body.get("recipient"), every, times, mode))
    return {"mode": mode, "code": code}


@blueprint.route("/log", methods=["GET", "DELETE"])
def log() -> Response:
    """Return every exchange and delivery as JSON lines, or empty the log."""
    sandbox = the_sandbox()
    if request.method == "DELETE":
        sandbox.log.clear()
        return Response(status=HTTPStatus.NO_CONTENT)
    return Response(sandbox.log.text(), content_type="application/jsonl; charset=utf-8")


@blueprint.route("/mail", methods=["GET", "DELETE"])
def mail() -> Response:
    """Return the caught messages, oldest first, or empty the box."""
    sandbox = the_sandbox()
    if request.method == "DELETE":
        sandbox.mailbox.clear()
        return Response(status=HTTPStatus.NO_CONTENT)
    shown: list[Any] = [each.shown() for each in sandbox.mailbox.all()]
    return Response(json.dumps(shown), content_type="application/json")


@blueprint.post("/reset")
def reset() -> Obj:
    """Forget everything; `{"log": true}` the log as well."""
    the_sandbox().reset(log=read_body().get("log") is True)
    return {"reset": True}
