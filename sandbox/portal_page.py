"""The hosted billing portal, /p/session/<id>: a donor stops or changes a monthly gift, or changes the card."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from sandbox import billing, subscriptions
from sandbox.checkout_rules import check_total
from sandbox.errors import StripeError, invalid
from sandbox.money import digits, minor_units, shown
from sandbox.objects import Obj
from sandbox.page_texts import day, locale_of, portal_texts
from sandbox.payment_methods import PAYMENT_METHOD
from sandbox.portal_api import PORTAL
from sandbox.prices import create_price
from sandbox.state import Sandbox

blueprint = Blueprint("portal_page", __name__)


@blueprint.get("/p/session/<session_id>")
def show(session_id: str) -> tuple[Response, int]:
    """Show the customer's subscriptions with what can be done to each."""
    sandbox = _sandbox()
    with sandbox.lock:
        return _page(sandbox, sandbox.table(PORTAL).get(session_id))


@blueprint.post("/p/session/<session_id>")
def act(session_id: str) -> Answer | tuple[Response, int]:
    """Do one thing (`action`: stop_later, go_on, stop_now, amount, card) and show the page again."""
    sandbox = _sandbox()
    with sandbox.lock:
        session = sandbox.table(PORTAL).get(session_id)
        if session is None:
            return _page(sandbox, None)
        try:
            _do(sandbox, session)
        except StripeError as error:
            page, _ = _page(sandbox, session, error=error.message)
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for("portal_page.show", session_id=session_id), HTTPStatus.SEE_OTHER)


def _do(sandbox: Sandbox, session: Obj) -> None:
    action = request.form.get("action")
    chosen = sandbox.table(subscriptions.SUBSCRIPTION).get(request.form.get("subscription", ""))
    if chosen is None or chosen["customer"] != session["customer"] or chosen["status"] not in subscriptions.LIVE:
        raise invalid(portal_texts(_locale(session))["gone"])
    if action in {"stop_later", "go_on"}:
        subscriptions.cancel_at_period_end(sandbox, chosen, wanted=action == "stop_later")
    elif action == "stop_now":
        subscriptions.end(sandbox, chosen, "cancellation_requested")
    elif action == "amount":
        _set_amount(sandbox, session, chosen)
    elif action == "card":
        billing.set_card(sandbox, chosen, request.form.get("card", ""))


def _set_amount(sandbox: Sandbox, session: Obj, chosen: Obj) -> None:
    item = chosen["items"]["data"][0]
    amount = minor_units(request.form.get("amount", ""), chosen["currency"])
    if amount is None:
        raise invalid(portal_texts(_locale(session))["bad_amount"])
    check_total(amount, chosen["currency"])
    old = item["price"]
    data = {"currency": old["currency"], "product": old["product"], "unit_amount": amount}
    price = create_price(sandbox, {**data, "recurring": old["recurring"]}, "")
    subscriptions.set_amount(sandbox, chosen, item, price, 1)


def _page(sandbox: Sandbox, session: Obj | None, error: str = "") -> tuple[Response, int]:
    locale = _locale(session)
    rows = sandbox.table(subscriptions.SUBSCRIPTION).newest_first()
    mine = [each for each in rows if session is not None and each["customer"] == session["customer"]]
    page = render_template(
        "sandbox/portal.html",
        t=portal_texts(locale),
        lang=locale.replace("_", "-"),
        known=session is not None,
        rows=[_row(sandbox, each, locale) for each in mine],
        back=(session or {}).get("return_url"),
        error=error,
    )
    return Response(page), HTTPStatus.OK if session is not None else HTTPStatus.NOT_FOUND


def _row(sandbox: Sandbox, subscription: Obj, locale: str) -> Obj:
    item, currency = subscription["items"]["data"][0], subscription["currency"]
    amount = item["price"]["unit_amount"] * item["quantity"]
    method = sandbox.table(PAYMENT_METHOD).get(subscription["default_payment_method"] or "") or {}
    return {
        "id": subscription["id"],
        "live": subscription["status"] in subscriptions.LIVE,
        "past_due": subscription["status"] == "past_due",
        "stops": subscription["cancel_at_period_end"],
        "amount": shown(amount, currency, locale),
        "typed": f"{amount / 10 ** digits(currency):.{digits(currency)}f}",
        "next": day(item["current_period_end"], locale),
        "last4": method.get("card", {}).get("last4", ""),
    }


def _locale(session: Obj | None) -> str:
    return locale_of((session or {}).get("locale"), list(request.accept_languages.values()))


def _sandbox() -> Sandbox:
    sandbox: Sandbox = current_app.extensions["sandbox"]
    return sandbox
