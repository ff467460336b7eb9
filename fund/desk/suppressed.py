"""Addresses that mail to many never goes to. The list keeps no address: one is looked for by typing it."""

from datetime import timedelta

from flask import render_template, request, url_for

from fund.desk.answers import done, errors_of
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.mail.lift_suppression import lift_suppression
from fund.mail.models import Suppression
from fund.mail.queries_of_reports import (
    count_reports,
    count_suppressed,
    find_suppression,
    newest_suppressed,
    reports_about,
)
from fund.mail.rules import is_address
from fund.mail.suppress_by_hand import BY_HAND, suppress_by_hand
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session

NEWEST = 50
REPORTS_OF = timedelta(days=30)


@needs("see_suppressed")
def suppressed() -> Answer:
    """The POST looks for one address: in a link it would stay in histories and logs."""
    if request.method == "GET":
        return _page({}, {})
    sought = request.form.get("sought", "").strip()
    if not is_address(sought):
        refusal = Refusal("This is not an e-mail address.", field="sought")
        return _page({"sought": sought}, errors_of(refusal)), refusal.status
    return _page({"sought": sought}, {}, sought=sought)


@needs("lift_suppression")
def suppress() -> Answer:
    form = request.form
    try:
        with write_session() as session:
            added = suppress_by_hand(
                session,
                address=form.get("address", ""),
                reason=form.get("why", ""),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(form.to_dict(), errors_of(refusal, {"reason": "why"})), refusal.status
    if added:
        return done(gettext("No mail to many goes to this address any more."), url_for("desk.suppressed"))
    return done(gettext("This address was on the list already."), url_for("desk.suppressed"))


@needs("lift_suppression")
def lift(suppression_id: int) -> Answer:
    """From the page that shows what was found, to which a refusal leads back."""
    form, sought = request.form, request.form.get("sought", "").strip()
    try:
        with write_session() as session:
            lift_suppression(
                session,
                suppression_id=suppression_id,
                reason=form.get("reason", ""),
                asked_in_writing="asked_in_writing" in form,
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        if refusal.field is None:
            return done(gettext("This address is not on the list any more."), url_for("desk.suppressed"))
        found = sought if is_address(sought) else ""
        return _page(form.to_dict(), errors_of(refusal), sought=found, lifting=suppression_id), refusal.status
    return done(gettext("Mail to many goes to this address again."), url_for("desk.suppressed"))


def _page(values: dict[str, str], errors: dict[str, str], *, sought: str = "", lifting: int = 0) -> str:
    session = read_session()
    row = find_suppression(session, sought) if sought else None
    if row is None and lifting:
        row = session.get(Suppression, lifting)
    return render_template(
        "desk/suppressed.html",
        counts=count_suppressed(session),
        reports=count_reports(session, since=utc_now() - REPORTS_OF),
        newest=newest_suppressed(session, limit=NEWEST),
        reasons=BY_HAND,
        sought=sought,
        found=row,
        about=reports_about(session, sought) if sought else [],
        values=values,
        errors=errors,
    )
