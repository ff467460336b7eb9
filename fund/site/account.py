"""A member's own page: one address to read, one more for each thing that can be changed there."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.mail.queries_of_reports import find_suppression
from fund.members.address_links import open_change
from fund.members.change_password import change_password
from fund.members.check_credentials import check_credentials
from fund.members.edit_account import edit_account
from fund.members.passwords import new_password_hash
from fund.members.queries import live_sessions
from fund.members.revoke_all_sessions import revoke_all_sessions
from fund.members.revoke_session import revoke_session
from fund.members.set_update_preference import set_update_preference
from fund.updates.note_preference import note_preference
from fund.web.errors import explain
from fund.web.guards import Answer, needs_member, the_member
from fund.web.i18n import gettext
from fund.web.limits import limiter
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@needs_member
def account() -> str:
    return account_page({}, {})


@needs_member
def account_profile() -> Answer:
    form = request.form
    try:
        with write_session() as session:
            edit_account(session, member_id=the_member().id, name=form.get("name", ""), locale=form.get("locale", ""))
    except Refusal as refusal:
        return account_page(form.to_dict(), {refusal.field or "name": explain(refusal)}), refusal.status
    return _done(gettext("Your name and language are saved."))


@needs_member
def account_updates() -> AnyResponse:
    wanted = "updates" in request.form
    with write_session() as session:
        set_update_preference(
            session,
            member_id=the_member().id,
            wants_updates=wanted,
            source=gettext("set on the account page"),
            now=utc_now(),
        )
        note_preference(session, address=the_member().address, wants_updates=wanted, now=utc_now())
    return _done(
        gettext("You will get the updates by mail.") if wanted else gettext("You will get no more updates by mail.")
    )


@needs_member
@limiter.limit(
    "10/15 minutes",
    key_func=lambda: f"password:{the_member().id}",
    deduct_when=lambda response: response.status_code == 422,  # noqa: PLR2004
)
def account_password() -> Answer:
    """The password in use is asked for again: an unattended browser must not lock its owner out."""
    member = the_member()
    try:
        check_own_password("current_password")
        hashed = new_password_hash(request.form.get("password", ""), address=member.address)
    except Refusal as refusal:
        return account_page({}, {refusal.field or "password": explain(refusal)}), refusal.status
    with write_session() as session:
        change_password(
            session,
            services().queue,
            services().sender,
            member_id=member.id,
            password_hash=hashed,
            keep_session=member.session_id,
            now=utc_now(),
        )
    return _done(gettext("Your password is changed; every other browser was signed out."))


@needs_member
def account_revoke(session_id: int) -> AnyResponse:
    with write_session() as session:
        revoke_session(session, member_id=the_member().id, session_id=session_id, now=utc_now())
    return _done(gettext("That browser is signed out."))


@needs_member
def account_revoke_others() -> AnyResponse:
    member = the_member()
    with write_session() as session:
        revoke_all_sessions(session, member_id=member.id, keep=member.session_id, now=utc_now())
    return _done(gettext("Every other browser is signed out."))


def check_own_password(field: str) -> None:
    """What `field` holds is the password of who is signed in. Raises Refusal on it."""
    try:
        check_credentials(read_session(), address=the_member().address, password=request.form.get(field, ""))
    except Refusal:
        raise Refusal("This is not your password.", field=field) from None


def _done(sentence: str) -> AnyResponse:
    flash(sentence)
    return redirect(url_for("site.account"), 303)


def account_page(values: dict[str, str], errors: dict[str, str]) -> str:
    member = the_member()
    return render_template(
        "site/account.html",
        member=member,
        stopped=find_suppression(read_session(), member.address),
        sessions=live_sessions(read_session(), member.id, now=utc_now()),
        change=open_change(read_session(), member.id, now=utc_now()),
        values={"name": member.name, "locale": member.locale, **values},
        errors=errors,
    )
