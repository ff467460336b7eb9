from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request
from sqlalchemy.orm import Session

from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.mail.lift_by_own_wish import lift_by_own_wish
from fund.members.accept_invitation import accept_invitation
from fund.members.claim_account import claim_account
from fund.members.imported_link import find_imported, is_imported_token
from fund.members.models import Member
from fund.members.passwords import new_password_hash
from fund.members.read_invitation import read_invitation
from fund.members.rules import clean_name
from fund.members.sign_in import sign_in
from fund.updates.opt_outs import drop_opt_outs
from fund.web.errors import explain
from fund.web.guards import Answer
from fund.web.i18n import current_locale, gettext
from fund.web.limits import limiter
from fund.web.origin import anonymous_form
from fund.web.request_scope import read_session, write_session
from fund.web.services import services
from fund.web.sign_in import sign_browser_in


@dataclass(frozen=True, slots=True, repr=False)
class Guest:
    """Whom a link invites. Has no repr: it holds an address."""

    address: str
    name: str
    """Empty for who was not on a list."""
    wants_updates: bool
    imported: bool


@anonymous_form
@limiter.limit("30/15 minutes", methods=["POST"])
def invite(token: str) -> Answer:
    """A GET shows the form and changes nothing; the POST makes the member and signs the browser in."""
    if services().settings.registration == "off":
        raise Refusal("Nobody can become a member here at present.", status=403)
    guest = _guest(token, utc_now())
    if request.method == "GET":
        ticked = {"updates": "1"} if guest.wants_updates else {}
        return _form(guest, {"name": guest.name, **ticked}, {})
    errors: dict[str, str] = {}
    name, password_hash = _checked(guest, errors)
    if errors:
        return _form(guest, request.form.to_dict(), errors), 422
    now = utc_now()
    with write_session() as session:
        member = _let_in(session, guest, token, name=name, password_hash=password_hash, now=now)
        if member.wants_updates:
            drop_opt_outs(session, member.address)
            lift_by_own_wish(session, address=member.address, now=now)
        browser = sign_in(session, member_id=member.id, now=now)
    sign_browser_in(browser)
    return redirect(f"{request.script_root}/account", 303)


def _guest(token: str, now: datetime) -> Guest:
    """Raises Refusal: 404 for what we never sent, 410 for what is over."""
    session, signer = read_session(), services().signer
    if is_imported_token(signer, token):
        member = find_imported(session, signer, token=token)
        return Guest(member.address, member.name, member.wants_updates, imported=True)
    invitation = read_invitation(session, signer, token=token, now=now)
    return Guest(invitation.address, "", wants_updates=True, imported=False)


def _let_in(session: Session, guest: Guest, token: str, *, name: str, password_hash: str, now: datetime) -> Member:
    wanted, source = "updates" in request.form, gettext("chosen when accepting the invitation")
    if guest.imported:
        return claim_account(
            session,
            services().signer,
            token=token,
            name=name,
            password_hash=password_hash,
            wants_updates=wanted,
            consent_source=source,
            now=now,
        )
    return accept_invitation(
        session,
        services().signer,
        token=token,
        name=name,
        password_hash=password_hash,
        locale=current_locale(),
        wants_updates=wanted,
        consent_source=source,
        now=now,
    )


def _checked(guest: Guest, errors: dict[str, str]) -> tuple[str, str]:
    """Name and hash; what is wrong goes into `errors`, both at once. Hashes before any writing session is open."""
    name = password_hash = ""
    try:
        name = clean_name(request.form.get("name", ""))
    except Refusal as refusal:
        errors["name"] = explain(refusal)
    try:
        password_hash = new_password_hash(request.form.get("password", ""), address=guest.address)
    except Refusal as refusal:
        errors["password"] = explain(refusal)
    return name, password_hash


def _form(guest: Guest, values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("site/invite.html", guest=guest, values=values, errors=errors)
