from flask import redirect, render_template, request, url_for

from fund.db.types import address_index
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.mail.lift_by_own_wish import lift_by_own_wish
from fund.mail.rules import is_address
from fund.members.ask_registration import ask_registration
from fund.members.confirm_registration import confirm_registration
from fund.members.passwords import new_password_hash
from fund.members.registration_links import find_registration
from fund.members.rules import clean_address, clean_name
from fund.members.sign_in import sign_in
from fund.updates.opt_outs import drop_opt_outs
from fund.web.errors import explain
from fund.web.guards import Answer
from fund.web.i18n import current_locale, gettext
from fund.web.limits import caller, limiter
from fund.web.origin import anonymous_form
from fund.web.request_scope import read_session, write_session
from fund.web.services import services
from fund.web.sign_in import sign_browser_in

REQUESTS = "20/hour"
OF_ONE_ADDRESS = "10/hour; 20/day"
"""Whoever asks, and from wherever: nobody's mailbox is flooded through us."""


def typed_address(field: str = "email") -> str:
    """One address, whoever types it; the counter sees a keyed hash only. What is no address counts for the caller."""
    typed = request.form.get(field, "").strip()
    return f"asked:{address_index(typed)[:24] if is_address(typed) else caller()}"


def check_open() -> None:
    """Raises Refusal 404 where people cannot register by themselves."""
    if services().settings.registration != "open":
        raise Refusal("Members come in by invitation here.", status=404)


@anonymous_form
@limiter.limit(REQUESTS, methods=["POST"])
@limiter.limit(OF_ONE_ADDRESS, methods=["POST"], key_func=typed_address)
def register() -> Answer:
    """Ask to become a member. The answer is the same, after the same time, whether or not the address is known."""
    check_open()
    if request.method == "GET":
        return _form({"locale": current_locale()}, {}, sent=request.args.get("sent") == "1")
    form, errors = request.form, dict[str, str]()
    password_hash = _checked(errors)
    if errors:
        return _form(form.to_dict(), errors), 422
    here = services()
    with write_session() as session:
        ask_registration(
            session,
            here.queue,
            here.sender,
            here.signer,
            here.addresses,
            address=form.get("email", ""),
            name=form.get("name", ""),
            password_hash=password_hash,
            locale=form["locale"] if form.get("locale") in LOCALES else current_locale(),
            wants_updates="updates" in form,
            now=utc_now(),
        )
    return redirect(url_for("site.register", sent=1), 303)


@anonymous_form
@limiter.limit("30/15 minutes", methods=["POST"])
def register_confirm(token: str) -> Answer:
    """A GET shows a button and changes nothing; the POST makes the member and signs the browser in."""
    check_open()
    now = utc_now()
    if request.method == "GET":
        wish = find_registration(read_session(), services().signer, token=token, now=now)
        return render_template("site/register_confirm.html", address=wish.address, name=wish.name, token=token)
    with write_session() as session:
        member = confirm_registration(
            session,
            services().signer,
            token=token,
            consent_source=gettext("chosen when registering"),
            now=now,
        )
        if member.wants_updates:
            drop_opt_outs(session, member.address)
            lift_by_own_wish(session, address=member.address, now=now)
        browser = sign_in(session, member_id=member.id, now=now)
    sign_browser_in(browser)
    return redirect(url_for("site.account"), 303)


def _checked(errors: dict[str, str]) -> str:
    """The hash; what is wrong goes into `errors`, all at once. Hashes before any writing session is open."""
    form, hashed = request.form, ""
    for name, clean in (("email", clean_address), ("name", clean_name)):
        try:
            clean(form.get(name, ""))
        except Refusal as refusal:
            errors[name] = explain(refusal)
    try:
        hashed = new_password_hash(form.get("password", ""), address=form.get("email", ""))
    except Refusal as refusal:
        errors["password"] = explain(refusal)
    return hashed


def _form(values: dict[str, str], errors: dict[str, str], *, sent: bool = False) -> str:
    return render_template("site/register.html", values=values, errors=errors, sent=sent)
