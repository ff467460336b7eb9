from flask import redirect, render_template, request

from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.members.accept_invitation import accept_invitation
from fund.members.models import Invitation
from fund.members.passwords import new_password_hash
from fund.members.read_invitation import read_invitation
from fund.members.rules import clean_name
from fund.members.sign_in import sign_in
from fund.web.errors import explain
from fund.web.guards import Answer
from fund.web.i18n import current_locale, gettext
from fund.web.limits import limiter
from fund.web.origin import anonymous_form
from fund.web.request_scope import read_session, write_session
from fund.web.services import services
from fund.web.sign_in import sign_browser_in


@anonymous_form
@limiter.limit("30/15 minutes", methods=["POST"])
def invite(token: str) -> Answer:
    """A GET shows the form and changes nothing; the POST makes the member and signs the browser in."""
    invitation = read_invitation(read_session(), services().signer, token=token, now=utc_now())
    if request.method == "GET":
        return _form(invitation, {"updates": "1"}, {})
    errors: dict[str, str] = {}
    name, password_hash = _checked(invitation, errors)
    if errors:
        return _form(invitation, request.form.to_dict(), errors), 422
    now = utc_now()
    with write_session() as session:
        member = accept_invitation(
            session,
            services().signer,
            token=token,
            name=name,
            password_hash=password_hash,
            locale=current_locale(),
            wants_updates="updates" in request.form,
            consent_source=gettext("chosen when accepting the invitation"),
            now=now,
        )
        browser = sign_in(session, member_id=member.id, now=now)
    sign_browser_in(browser)
    return redirect(f"{request.script_root}/account", 303)


def _checked(invitation: Invitation, errors: dict[str, str]) -> tuple[str, str]:
    """Name and hash; what is wrong goes into `errors`, both at once. Hashes before any writing session is open."""
    name = password_hash = ""
    try:
        name = clean_name(request.form.get("name", ""))
    except Refusal as refusal:
        errors["name"] = explain(refusal)
    try:
        password_hash = new_password_hash(request.form.get("password", ""), address=invitation.address)
    except Refusal as refusal:
        errors["password"] = explain(refusal)
    return name, password_hash


def _form(invitation: Invitation, values: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("site/invite.html", address=invitation.address, values=values, errors=errors)
