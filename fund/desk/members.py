"""Who may sign in, and who was asked to."""

from flask import redirect, render_template, request, url_for

from fund.desk.answers import done, errors_of
from fund.desk.paging import PAGE, before_number, page_of
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.members.invite_member import invite_member
from fund.members.queries import KINDS, count_members, member_by_address, newest_members, open_invitations
from fund.members.withdraw_invitation import withdraw_invitation
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@needs("see_members")
def members() -> str:
    return _page({"locale": current_locale()}, {})


@needs("see_members")
def find() -> Answer:
    """By the whole address, which is indexed blind; a POST, so that it stands in no address bar and no log."""
    sought = request.form.get("sought", "")
    member = member_by_address(read_session(), sought)
    if member is None:
        errors = {"sought": gettext("No member has this address.")}
        return _page({"locale": current_locale(), "sought": sought}, errors), 404
    return redirect(url_for("desk.member", member_id=member.id), 303)


@needs("invite_members")
def invite() -> Answer:
    given, address = services(), request.form.get("email", "")
    try:
        _check_anybody_may_come()
        with write_session() as session:
            invite_member(
                session,
                given.queue,
                given.sender,
                given.signer,
                given.addresses,
                address=address,
                locale=request.form.get("locale", ""),
                invited_by=the_member().id,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(request.form.to_dict(), errors_of(refusal)), refusal.status
    return done(gettext("The invitation is on its way to {to}.", to=address.strip()), url_for("desk.members"))


@needs("invite_members")
def withdraw(invitation_id: int) -> Answer:
    with write_session() as session:
        withdraw_invitation(session, invitation_id=invitation_id, actor=the_member().actor, now=utc_now())
    return done(gettext("The invitation is withdrawn: its link opens nothing any more."), url_for("desk.members"))


def _check_anybody_may_come() -> None:
    if services().settings.registration == "off":
        raise Refusal("Nobody can become a member here at present.", field="email", status=409)


def _page(values: dict[str, str], errors: dict[str, str]) -> str:
    session, kind = read_session(), request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    found = newest_members(session, kind=kind, before=before_number(), limit=PAGE + 1)
    return render_template(
        "desk/members.html",
        page=page_of(found, lambda member: str(member.id)),
        counts=count_members(session),
        kind=kind,
        invitations=open_invitations(session, now=utc_now()),
        values=values,
        errors=errors,
    )
