"""Money into and out of counsel's trust account: what happened, what that does, then the entry."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for

from fund.billing.advance_to_trust import advance_to_trust, check_advance
from fund.billing.find_counsel import find_counsel
from fund.billing.return_trust import check_return, return_trust
from fund.billing.reverse_transfer import reverse_transfer
from fund.billing.succeed_trust import check_succession, succeed_trust
from fund.campaigns.models import Campaign
from fund.closing.check_promised import check_promised
from fund.desk.answers import done, errors_of
from fund.desk.back_to_form import goes_back
from fund.desk.counsel_money import differences, find_launched, purse
from fund.desk.find import find_campaign, find_transfer
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.desk.typed_days import day_value
from fund.desk.typed_form import TypedForm
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session

FIELDS = ("kind", "counsel", "successor", "amount", "made_on")
KINDS = ("advance", "trust_returned", "trust_succeeded")


@dataclass(frozen=True, slots=True)
class Move:
    kind: str
    counsel_id: int
    successor_id: int
    amount: int
    made_on: date


@needs("pay_counsel")
def trust(campaign_id: int) -> Answer:
    """A GET shows the form, its POST shows what would be booked, and the POST from there books it."""
    campaign = find_launched(campaign_id)
    if request.method == "GET":
        return _page(campaign, None, {})
    typed = {name: request.form.get(name, "") for name in FIELDS}
    if goes_back():
        return _page(campaign, typed, {})
    form = TypedForm(typed, campaign.currency)
    move = Move(
        typed["kind"], form.number("counsel"), form.number("successor"), form.amount("amount") or 0, form.day("made_on")
    )
    if form.errors:
        return _page(campaign, typed, form.errors), 422
    try:
        if request.form.get("step") == "book":
            _book(campaign, move, sent_nonce())
            return done(gettext("The transfer is in the books."), url_for("desk.bills", campaign_id=campaign.id))
        _look_over(campaign, move)
    except Refusal as refusal:
        return _page(find_launched(campaign_id), typed, errors_of(refusal)), refusal.status
    return _check_page(campaign, typed, move)


@needs("pay_counsel")
def transfer_reverse(transfer_id: uuid.UUID) -> Answer:
    """A GET says what it does, its POST does it."""
    if request.method == "GET":
        return _reverse_page(transfer_id, "", {})
    reason = TypedForm(request.form, "").line("reason")
    try:
        with write_session() as session:
            made = reverse_transfer(
                session, transfer_id=str(transfer_id), reason=reason, actor=the_member().actor, now=utc_now()
            )
            if made.kind == "trust_returned":
                check_promised(session, campaign_id=made.campaign_id)
    except Refusal as refusal:
        return _reverse_page(transfer_id, reason, errors_of(refusal)), refusal.status
    return done(gettext("The transfer is reversed."), url_for("desk.bills", campaign_id=made.campaign_id))


def _look_over(campaign: Campaign, move: Move) -> None:
    session, now = read_session(), utc_now()
    if move.kind not in KINDS:
        raise Refusal("Say what happened.", field="kind")
    counsel = find_counsel(session, campaign, move.counsel_id)
    moved: dict[str, Any] = {"amount": move.amount, "made_on": move.made_on}
    if move.kind == "advance":
        check_advance(session, campaign, counsel, **moved, differences=differences(session), now=now)
        check_promised(session, campaign_id=campaign.id, leaving=move.amount)
    elif move.kind == "trust_returned":
        check_return(session, campaign, counsel, **moved, now=now)
    else:
        successor = find_counsel(session, campaign, move.successor_id, field="successor")
        check_succession(session, campaign, counsel, successor, **moved, now=now)


def _book(campaign: Campaign, move: Move, nonce: str) -> None:
    if move.kind not in KINDS:
        raise Refusal("Say what happened.", field="kind")
    made: dict[str, Any] = {
        "campaign_id": campaign.id,
        "counsel_id": move.counsel_id,
        "amount": move.amount,
        "made_on": move.made_on,
        "nonce": nonce,
        "actor": the_member().actor,
        "now": utc_now(),
    }
    with write_session() as session:
        if move.kind == "advance":
            advance_to_trust(session, **made, differences=differences(session))
            check_promised(session, campaign_id=campaign.id)
        elif move.kind == "trust_returned":
            return_trust(session, **made)
        else:
            succeed_trust(session, **made, successor_id=move.successor_id)


def _page(campaign: Campaign, typed: dict[str, str] | None, errors: dict[str, str]) -> str:
    money = purse(campaign)
    newest = str(money.counsel[-1].counsel.id) if money.counsel else ""
    blank = {**dict.fromkeys(FIELDS, ""), "counsel": newest, "made_on": day_value(utc_now())}
    return render_template(
        "desk/trust.html",
        campaign=campaign,
        purse=money,
        typed=typed or blank,
        errors=errors,
        today=day_value(utc_now()),
    )


def _check_page(campaign: Campaign, typed: dict[str, str], move: Move) -> str:
    money = purse(campaign)
    return render_template(
        "desk/trust_check.html",
        campaign=campaign,
        purse=money,
        move=move,
        holder=money.of(move.counsel_id),
        successor=money.of(move.successor_id) if move.kind == "trust_succeeded" else None,
        typed=typed,
        nonce=new_nonce(),
    )


def _reverse_page(transfer_id: uuid.UUID, reason: str, errors: dict[str, str]) -> str:
    transfer = find_transfer(transfer_id)
    campaign = find_campaign(transfer.campaign_id)
    return render_template(
        "desk/transfer_reverse.html",
        campaign=campaign,
        transfer=transfer,
        names={one.counsel.id: one.counsel.name for one in purse(campaign).counsel},
        reason=reason,
        errors=errors,
    )
