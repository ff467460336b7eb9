"""One member: what the desk may know and do."""

from flask import render_template, request, url_for
from werkzeug.exceptions import NotFound

from fund.desk.answers import done, errors_of
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.mail.queries_of_reports import find_suppression
from fund.mail.rules import header_line
from fund.members.address_links import open_change
from fund.members.ask_new_address import ask_new_address
from fund.members.models import Member, MemberImport
from fund.members.queries import member_by_id
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

LONGEST_REASON = 300


@needs("see_members")
def show(member_id: int) -> str:
    return _page(_find(member_id), {}, {})


@needs("move_members")
def address(member_id: int) -> Answer:
    """For a member who has lost the old mailbox: the new address still has to say yes, and the old one is told."""
    _find(member_id)
    given, form = services(), request.form
    try:
        reason = _reason(form.get("reason", ""))
        with write_session() as session:
            ask_new_address(
                session,
                given.queue,
                given.sender,
                given.signer,
                given.addresses,
                member_id=member_id,
                address=form.get("new_address", ""),
                reason=reason,
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(_find(member_id), form.to_dict(), errors_of(refusal)), refusal.status
    return done(
        gettext("The new address is asked to confirm; the old one is told."),
        url_for("desk.member", member_id=member_id),
    )


def _reason(typed: str) -> str:
    reason = header_line(typed, longest=LONGEST_REASON)
    if not reason:
        raise Refusal("Write why, and how you know who asks.", field="reason")
    return reason


def _find(member_id: int) -> Member:
    found = member_by_id(read_session(), member_id)
    if found is None or found.deleted_at is not None:
        raise NotFound
    return found


def _page(member: Member, typed: dict[str, str], errors: dict[str, str]) -> str:
    session = read_session()
    return render_template(
        "desk/member.html",
        member=member,
        stopped=find_suppression(session, member.address),
        taken_in=session.get(MemberImport, member.import_id) if member.import_id else None,
        change=open_change(session, member.id, now=utc_now()),
        values=typed,
        errors=errors,
    )
