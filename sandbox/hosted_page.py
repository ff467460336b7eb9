"""The hosted payment page, /c/pay/<session>: what a donor sees at Stripe, without the card leaving this machine."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from sandbox import pay
from sandbox.cards import GENERIC_DECLINE, UNAUTHENTICATED, Card, find_card
from sandbox.checkout_rules import ADDRESS
from sandbox.errors import StripeError
from sandbox.money import shown
from sandbox.objects import Obj
from sandbox.page_texts import locale_of, texts
from sandbox.sessions import SESSION
from sandbox.state import Sandbox

blueprint = Blueprint("hosted_page", __name__)

EXAMPLE_CARD = "4242 4242 4242 4242"


@blueprint.get("/c/pay/<session_id>")
def show(session_id: str) -> tuple[Response, int]:
    """Show the form of an open session, or what became of it."""
    sandbox = _sandbox()
    with sandbox.lock:
        session = sandbox.table(SESSION).get(session_id)
        if session is None or session["status"] != "open":
            return _closed(session)
        return _form(sandbox, session), HTTPStatus.OK


@blueprint.post("/c/pay/<session_id>")
def act(session_id: str) -> Answer | tuple[Response, int]:
    """Pay, fail or leave; a declined card shows the form again with 402."""
    sandbox = _sandbox()
    with sandbox.lock:
        session = sandbox.table(SESSION).get(session_id)
        if session is None or session["status"] != "open":
            return _closed(session)
        if request.form.get("action") == "leave":
            back = session["cancel_url"]
            return redirect(back, HTTPStatus.SEE_OTHER) if back else (_form(sandbox, session), HTTPStatus.OK)
        return _take(sandbox, session)


def _take(sandbox: Sandbox, session: Obj) -> Answer | tuple[Response, int]:
    email = request.form.get("email", "").strip()
    if email and not ADDRESS.fullmatch(email):
        said = texts(_locale(session))["bad_email"]
        return _form(sandbox, session, error=said, field="email"), HTTPStatus.UNPROCESSABLE_ENTITY
    payer = pay.Payer(email or None)
    action = request.form.get("action") or "pay"
    if request.form.get("method") == "acss_debit" and "acss_debit" in session["payment_method_types"]:
        pay.pay_by_debit(sandbox, session, payer, fails=action == "fail")
        return _thank(session)
    try:
        card = find_card(request.form.get("card", ""))
    except StripeError as error:
        return _form(sandbox, session, error=error.message, field="card"), HTTPStatus.PAYMENT_REQUIRED
    if card.asks and action == "pay":
        return _form(sandbox, session, authenticate=True), HTTPStatus.OK
    message = _charge(sandbox, session, card, payer, action)
    if message:
        return _form(sandbox, session, error=message, field="card"), HTTPStatus.PAYMENT_REQUIRED
    return _thank(session)


def _charge(sandbox: Sandbox, session: Obj, card: Card, payer: pay.Payer, action: str) -> str:
    """Do it and return what the bank said against it, or nothing."""
    if action == "fail":
        charge = pay.decline_card(sandbox, session, card, payer, card.decline or GENERIC_DECLINE)
    elif action == "refuse":
        charge = pay.decline_card(sandbox, session, card, payer, UNAUTHENTICATED)
    else:
        charge = pay.pay_by_card(sandbox, session, card, payer)
    return str((charge.get("last_setup_error") or {}).get("message") or charge.get("failure_message") or "")


def _thank(session: Obj) -> Answer:
    target = (session["success_url"] or "/").replace("{CHECKOUT_SESSION_ID}", session["id"])
    return redirect(target, HTTPStatus.SEE_OTHER)


def _form(sandbox: Sandbox, session: Obj, **more: object) -> Response:
    items = sandbox.notes(session["id"])["line_items"]
    locale = _locale(session)
    page = render_template(
        "sandbox/pay.html",
        t=texts(locale),
        lang=locale.replace("_", "-"),
        session=session,
        amount=_amount(session, locale),
        lines=[(each["description"], shown(each["amount_total"], each["currency"], locale)) for each in items],
        email=request.form.get("email", session["customer_email"] or ""),
        card=request.form.get("card", EXAMPLE_CARD),
        method=request.form.get("method", "card"),
        **more,
    )
    response = Response(page)
    targets = " ".join(sorted({_origin(each) for each in (session["success_url"], session["cancel_url"]) if each}))
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; form-action 'self' {targets}; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def _amount(session: Obj, locale: str) -> str:
    """Return the price, or for a card that is only kept the words for that."""
    if session["mode"] == "setup":
        return texts(locale)["keep"]
    return shown(session["amount_total"], session["currency"], locale)


def _closed(session: Obj | None) -> tuple[Response, int]:
    locale = _locale(session)
    state = "unknown" if session is None else session["status"]
    back = session["cancel_url"] if session else None
    if session and session["status"] == "complete" and session["success_url"]:
        back = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    page = render_template(
        "sandbox/closed.html", t=texts(locale), lang=locale.replace("_", "-"), state=state, back=back
    )
    status = {"unknown": HTTPStatus.NOT_FOUND, "complete": HTTPStatus.OK}.get(state, HTTPStatus.GONE)
    return Response(page), status


def _locale(session: Obj | None) -> str:
    wanted = (session or {}).get("locale")
    return locale_of(wanted, list(request.accept_languages.values()))


def _origin(url: str) -> str:
    address = urlsplit(url)
    return f"{address.scheme}://{address.netloc}"


def _sandbox() -> Sandbox:
    sandbox: Sandbox = current_app.extensions["sandbox"]
    return sandbox
