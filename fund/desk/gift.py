"""One gift, and what the desk may decide about the words that came with it."""

import uuid

from flask import render_template, request, url_for

from fund.desk.answers import done
from fund.desk.find import find_campaign, find_donation
from fund.desk.gift_rows import gift_rows
from fund.donations.moderate_message import moderate_message
from fund.donations.plan_refund import refundable
from fund.donations.queries_of_returns import disputes_of, hand_returns_of, owed_to_donor, refunds_of
from fund.donations.rules import SETTLED
from fund.donations.withhold_name import withhold_name
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.payments.queries import line_of_charge
from fund.web.guards import Answer, needs, own_path, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session


@needs("see_donations")
def gift(donation_id: uuid.UUID) -> str:
    session, found = read_session(), find_donation(donation_id)
    refunds = refunds_of(session, found.id)
    line = line_of_charge(session, found.charge_id or "")
    return render_template(
        "desk/gift.html",
        row=gift_rows(session, [found])[0],
        gift=found,
        campaign=find_campaign(found.campaign_id),
        settled_in=line[2] if line else found.currency,
        refunds=refunds,
        owed=owed_to_donor(refunds),
        by_hand=hand_returns_of(session, found.id),
        left=refundable(session, found) if found.state in SETTLED and found.kind != "offline" else 0,
        disputes=disputes_of(session, found.id),
    )


@needs("moderate_messages")
def moderate(donation_id: uuid.UUID) -> Answer:
    show = _decided("show", "decline")
    with write_session() as session:
        moderate_message(session, donation_id=str(donation_id), show=show, actor=the_member().actor, now=utc_now())
    back = own_path(request.form.get("next", "")) or url_for("desk.gift", donation_id=donation_id)
    return done(gettext("The message is on the page.") if show else gettext("The message stays off the page."), back)


@needs("moderate_messages")
def withhold(donation_id: uuid.UUID) -> Answer:
    off = _decided("withhold", "show")
    with write_session() as session:
        withhold_name(session, donation_id=str(donation_id), withhold=off, actor=the_member().actor, now=utc_now())
    back = url_for("desk.gift", donation_id=donation_id)
    return done(gettext("The name is off the page.") if off else gettext("The name is on the page again."), back)


def _decided(first: str, second: str) -> bool:
    """Whether it is the first of two; anything else decides nothing."""
    decision = request.form.get("decision")
    if decision not in {first, second}:
        raise Refusal("Choose one of the two.", field="decision")
    return decision == first
