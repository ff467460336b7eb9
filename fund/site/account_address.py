"""Another address for a member: both mailboxes have to say yes."""

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.members.address_links import find_change
from fund.members.ask_new_address import ask_new_address
from fund.members.confirm_address import confirm_address
from fund.members.queries import member_by_id
from fund.members.withdraw_address import withdraw_address
from fund.site.account import account_page, check_own_password
from fund.site.register import OF_ONE_ADDRESS, typed_address
from fund.updates.carry_choices import carry_choices
from fund.web.errors import explain
from fund.web.guards import Answer, needs_member, the_member
from fund.web.i18n import gettext
from fund.web.limits import limiter
from fund.web.origin import anonymous_form
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@needs_member
@limiter.limit("10/15 minutes", key_func=lambda: f"password:{the_member().id}")
@limiter.limit(OF_ONE_ADDRESS, key_func=partial(typed_address, "new_address"))
def account_address() -> Answer:
    """The password is asked for again: an unattended browser must not carry the account away."""
    here, member, form = services(), the_member(), request.form
    try:
        check_own_password("address_password")
        with write_session() as session:
            ask_new_address(
                session,
                here.queue,
                here.sender,
                here.signer,
                here.addresses,
                member_id=member.id,
                address=form.get("new_address", ""),
                actor=member.actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return account_page(form.to_dict(), {refusal.field or "new_address": explain(refusal)}), refusal.status
    flash(gettext("Both addresses are asked by mail. The change is made once both have said yes."))
    return redirect(url_for("site.account"), 303)


@needs_member
def account_address_withdraw() -> AnyResponse:
    member = the_member()
    with write_session() as session:
        withdraw_address(session, member_id=member.id, actor=member.actor, now=utc_now())
    flash(gettext("Your address stays as it is."))
    return redirect(url_for("site.account"), 303)


@anonymous_form
@limiter.limit("30/15 minutes", methods=["POST"])
def account_address_confirm(token: str) -> Answer:
    """A GET shows two buttons and changes nothing: yes, or not at all. The link alone proves who answers."""
    here, now = services(), utc_now()
    change, side = find_change(read_session(), here.signer, token=token, now=now)
    if request.method == "GET":
        return _page(change.address, side)
    if "no" in request.form:
        with write_session() as session:
            withdraw_address(session, member_id=change.member_id, actor="link", now=now)
        return _page(change.address, side, done="withdrawn")
    with write_session() as session:
        before = member_by_id(session, change.member_id)
        old = before.address if before else ""
        change = confirm_address(session, here.queue, here.sender, here.signer, token=token, now=now)
        if before and change.ended_at:
            carry_choices(session, old=old, new=change.address, locale=before.locale, now=now)
    return _page(change.address, side, done="changed" if change.ended_at else "waiting")


def _page(address: str, side: str, *, done: str = "") -> str:
    return render_template("site/account_address.html", address=address, side=side, done=done)
