"""One bill of counsel: what it charges, how it is paid, and the document that counsel agreed to show."""

import uuid

from flask import render_template, request, url_for

from fund.billing.attach_document import attach_document
from fund.billing.models import Bill
from fund.billing.queries import bill_state, work_of_bill
from fund.billing.reverse_bill import reverse_bill
from fund.billing.rules import worth
from fund.billing.withdraw_document import withdraw_document
from fund.campaigns.models import Counsel
from fund.desk.answers import done, errors_of
from fund.desk.find import find_bill, find_campaign
from fund.desk.typed_days import day_value
from fund.desk.typed_form import TypedForm
from fund.files.queries import find_file
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session
from fund.web.uploads import takes_files

AGREED = ("agreed_by", "agreed_on")


@needs("see_bills")
def bill(bill_id: uuid.UUID) -> Answer:
    return _page(find_bill(bill_id), {}, {})


@takes_files
@needs("enter_bills")
def bill_document(bill_id: uuid.UUID) -> Answer:
    """Show the blacked-out bill itself, with who of counsel agreed."""
    found = find_bill(bill_id)
    typed = {name: request.form.get(name, "") for name in AGREED}
    form = TypedForm(typed, found.currency)
    agreed_on = form.day("agreed_on") if typed["agreed_on"] else None
    if form.errors:
        return _page(found, typed, form.errors), 422
    upload = request.files.get("file")
    try:
        with write_session() as session:
            attach_document(
                session,
                bill_id=found.id,
                content=upload.read() if upload else b"",
                agreed_by=form.line("agreed_by"),
                agreed_on=agreed_on,
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(find_bill(bill_id), typed, errors_of(refusal)), refusal.status
    return done(gettext("The document is on the public page."), url_for("desk.bill", bill_id=found.id))


@needs("enter_bills")
def bill_document_withdraw(bill_id: uuid.UUID) -> Answer:
    with write_session() as session:
        withdraw_document(session, bill_id=str(bill_id), actor=the_member().actor, now=utc_now())
    return done(gettext("Nobody outside sees the document any more."), url_for("desk.bill", bill_id=bill_id))


@needs("enter_bills")
def bill_reverse(bill_id: uuid.UUID) -> Answer:
    """A GET says what it does, its POST does it."""
    if request.method == "GET":
        return _reverse_page(find_bill(bill_id), "", {})
    reason = TypedForm(request.form, "").line("reason")
    try:
        with write_session() as session:
            reverse_bill(session, bill_id=str(bill_id), reason=reason, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return _reverse_page(find_bill(bill_id), reason, errors_of(refusal)), refusal.status
    return done(gettext("The bill is reversed."), url_for("desk.bill", bill_id=bill_id))


def _page(found: Bill, typed: dict[str, str], errors: dict[str, str]) -> str:
    session = read_session()
    time, costs = work_of_bill(session, found.id)
    return render_template(
        "desk/bill.html",
        campaign=find_campaign(found.campaign_id),
        counsel=session.get_one(Counsel, found.counsel_id),
        state=bill_state(session, found),
        bill=found,
        time=[(entry, worth(entry.hours_hundredths, entry.rate)) for entry in time],
        costs=costs,
        document=find_file(session, found.file_id) if found.file_id else None,
        typed=typed or dict.fromkeys(AGREED, ""),
        errors=errors,
        today=day_value(utc_now()),
    )


def _reverse_page(found: Bill, reason: str, errors: dict[str, str]) -> str:
    return render_template(
        "desk/bill_reverse.html",
        campaign=find_campaign(found.campaign_id),
        counsel=read_session().get_one(Counsel, found.counsel_id),
        state=bill_state(read_session(), found),
        bill=found,
        reason=reason,
        errors=errors,
    )
