"""A surplus that goes to a charity or to another campaign: entered with its proof, and undone by entries of its own."""

import uuid

from flask import render_template, request, url_for

from fund.closing.models import PassedOn
from fund.closing.pass_on import TAKES_MONEY, PassOnForm, Proof, ToPassOn, can_be_passed_on, pass_on
from fund.closing.reverse_passed_on import reverse_passed_on
from fund.desk.answers import done, errors_of
from fund.desk.find import campaigns_by_id, find_campaign, find_row
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.desk.typed_days import day_value
from fund.desk.typed_form import TypedForm
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session, write_session
from fund.web.uploads import takes_files

FIELDS = ("where", "charity", "to_campaign", "amount", "made_on")


@takes_files
@needs("plan_surplus")
def surplus_pass_on(campaign_id: int) -> Answer:
    """A GET shows what was promised to whom, its POST books what was paid."""
    campaign = find_campaign(campaign_id)
    if request.method == "GET":
        return _page(campaign_id, {"where": "charity", "made_on": day_value(utc_now())}, {})
    typed = {name: request.form.get(name, "") for name in FIELDS}
    form = TypedForm(typed, campaign.currency)
    amount, made_on = form.amount("amount") or 0, form.day("made_on")
    if typed["where"] not in ("charity", "campaign"):
        form.errors["where"] = gettext("Say where it goes.")
    if form.errors:
        return _page(campaign_id, typed, form.errors), 422
    to_charity = typed["where"] == "charity"
    try:
        nonce = sent_nonce()
        with write_session() as session:
            pass_on(
                session,
                campaign_id=campaign_id,
                form=PassOnForm(
                    to_campaign_id=None if to_charity else form.number("to_campaign"),
                    charity=form.line("charity"),
                    amount=amount,
                    made_on=made_on,
                    proof=_proof(),
                ),
                nonce=nonce,
                locale=current_locale(),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(campaign_id, typed, errors_of(refusal)), refusal.status
    return done(gettext("What was passed on is in the books."), url_for("desk.surplus", campaign_id=campaign_id))


@needs("plan_surplus")
def passed_on_reverse(passed_on_id: uuid.UUID) -> Answer:
    """A GET asks why, the POST reverses."""
    row = find_row(PassedOn, passed_on_id)
    if request.method == "GET":
        return _reverse_page(row, "", {})
    typed = request.form.get("reason", "")
    try:
        with write_session() as session:
            reverse_passed_on(session, passed_on_id=row.id, reason=typed, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return _reverse_page(find_row(PassedOn, passed_on_id), typed, errors_of(refusal)), refusal.status
    return done(
        gettext("It is reversed, by an entry of its own."), url_for("desk.surplus", campaign_id=row.campaign_id)
    )


def _proof() -> Proof | None:
    sent = request.files.get("file")
    return Proof(sent.read(), sent.filename) if sent is not None and sent.filename else None


def _page(campaign_id: int, typed: dict[str, str], errors: dict[str, str]) -> str:
    campaign = find_campaign(campaign_id)
    room, refused = ToPassOn(0, 0), ""
    try:
        room = can_be_passed_on(read_session(), campaign)
    except Refusal as refusal:
        refused = explain(refusal)
    others = [
        (other.id, other.text(current_locale()).title)
        for other in campaigns_by_id().values()
        if other.id != campaign_id and other.status in TAKES_MONEY and other.currency == campaign.currency
    ]
    return render_template(
        "desk/pass_on.html",
        campaign=campaign,
        left=room,
        refused=refused,
        others=others,
        typed=typed,
        errors=errors,
        nonce=request.form.get("nonce") or new_nonce(),
        today=day_value(utc_now()),
    )


def _reverse_page(row: PassedOn, typed: str, errors: dict[str, str]) -> str:
    return render_template(
        "desk/passed_on_reverse.html",
        row=row,
        campaign=find_campaign(row.campaign_id),
        other=campaigns_by_id().get(row.to_campaign_id or 0),
        typed=typed,
        errors=errors,
    )
