"""Gifts that came otherwise than planned, after the close or another amount: to be refunded, or accepted."""

import uuid

from flask import render_template, request, url_for

from fund.desk.answers import done
from fund.desk.find import campaigns_by_id
from fund.donations.accept_review import accept_review
from fund.donations.queries_of_returns import gifts_to_review
from fund.kit.clock import utc_now
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session

MANY = 200


@needs("refund_gifts")
def late_money() -> str:
    return render_template(
        "desk/late_money.html", gifts=gifts_to_review(read_session(), limit=MANY), campaigns=campaigns_by_id()
    )


@needs("refund_gifts")
def accept(donation_id: uuid.UUID) -> Answer:
    with write_session() as session:
        accept_review(
            session,
            donation_id=str(donation_id),
            seen=request.form.get("seen", ""),
            actor=the_member().actor,
            now=utc_now(),
        )
    return done(gettext("The gift stays as it is."), url_for("desk.late_money"))
