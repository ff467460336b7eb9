"""What a refund could not give back, paid by hand: entered, looked over, booked; and taken back if it was a mistake."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for

from fund.closing.follow_hand_payment import follow_hand_payment
from fund.desk.answers import done, errors_of
from fund.desk.back_to_form import goes_back
from fund.desk.find import campaigns_by_id, find_donation, find_row
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.desk.typed_days import day_value, read_day
from fund.donations.check_hand_return import METHODS, Returnable, booked_as, check_hand_return, returnable
from fund.donations.models import HandReturn, Refund
from fund.donations.return_by_hand import return_by_hand
from fund.donations.reverse_hand_return import reverse_hand_return
from fund.donations.write_to_donor import write_of_hand_return
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.money import parse_amount, plain_amount
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@dataclass(frozen=True, slots=True)
class HandPayment:
    """What was typed, judged as far as the form can."""

    amount: int
    method: str
    paid_on: datetime


@needs("refund_gifts")
def hand_return(refund_id: uuid.UUID) -> Answer:
    """A GET shows the form, its POST shows what would be booked, and the POST from there books it."""
    refund = find_row(Refund, refund_id)
    typed = {name: request.form.get(name, "") for name in ("amount", "method", "paid_on")}
    try:
        if request.form.get("step") == "book" and not goes_back():
            return _book(refund, _read(typed, _currency_of(refund)), sent_nonce(), utc_now())
        found = returnable(read_session(), refund_id=refund.id)
        if request.method == "GET":
            return _form(refund, found, _blank(found), {})
        if goes_back():
            return _form(refund, found, typed, {})
        payment = _read(typed, found.currency)
        _check(found, payment)
    except Refusal as refusal:
        return _form(refund, _found_or_none(refund), typed, errors_of(refusal)), refusal.status
    return render_template(
        "desk/hand_return_check.html", found=found, payment=payment, typed=typed, nonce=new_nonce(), **_around(refund)
    )


@needs("refund_gifts")
def reverse_return(hand_return_id: uuid.UUID) -> Answer:
    """A GET asks whether, the POST takes it back."""
    row = find_row(HandReturn, hand_return_id)
    if request.method == "GET":
        return _ask(row, "")
    now = utc_now()
    try:
        with write_session() as session, follow_hand_payment(session, refund_id=row.refund_id, now=now):
            reverse_hand_return(session, hand_return_id=row.id, actor=the_member().actor, now=now)
    except Refusal as refusal:
        return _ask(row, explain(refusal)), refusal.status
    return done(gettext("The payment is taken back, by entries of its own."), _gift_page(row.donation_id))


def _read(typed: dict[str, str], currency: str) -> HandPayment:
    """Raises Refusal."""
    amount = parse_amount(typed["amount"], currency, locale=current_locale(), payable=False)
    return HandPayment(amount, typed["method"], read_day(typed["paid_on"], field="paid_on"))


def _check(found: Returnable, payment: HandPayment) -> None:
    check_hand_return(
        found,
        amount=payment.amount,
        method=payment.method,
        paid_on=payment.paid_on,
        locale=current_locale(),
        now=utc_now(),
    )


def _book(refund: Refund, payment: HandPayment, nonce: str, now: datetime) -> Answer:
    given = services()
    with write_session() as session, follow_hand_payment(session, refund_id=refund.id, now=now):
        row = return_by_hand(
            session,
            refund_id=refund.id,
            amount=payment.amount,
            method=payment.method,
            paid_on=payment.paid_on,
            nonce=nonce,
            actor=the_member().actor,
            locale=current_locale(),
            now=now,
        )
        write_of_hand_return(
            session, given.queue, given.sender, given.addresses, given.signer, hand_return_id=row.id, now=now
        )
    return done(gettext("The payment to the donor is in the books."), _gift_page(refund.donation_id))


def _currency_of(refund: Refund) -> str:
    donation = find_donation(uuid.UUID(refund.donation_id))
    return booked_as(read_session(), donation)[0]


def _found_or_none(refund: Refund) -> Returnable | None:
    try:
        return returnable(read_session(), refund_id=refund.id)
    except Refusal:
        return None


def _blank(found: Returnable) -> dict[str, str]:
    amount = plain_amount(found.left, found.currency)
    return {"amount": amount, "method": "", "paid_on": day_value(utc_now())}


def _form(refund: Refund, found: Returnable | None, typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "desk/hand_return.html",
        found=found,
        typed=typed,
        errors=errors,
        methods=METHODS,
        today=day_value(utc_now()),
        **_around(refund),
    )


def _around(refund: Refund) -> dict[str, object]:
    gift = find_donation(uuid.UUID(refund.donation_id))
    return {"refund": refund, "gift": gift, "campaign": campaigns_by_id()[gift.campaign_id]}


def _ask(row: HandReturn, refused: str) -> str:
    gift = find_donation(uuid.UUID(row.donation_id))
    return render_template("desk/hand_return_reverse.html", row=row, gift=gift, refused=refused)


def _gift_page(donation_id: str) -> str:
    return url_for("desk.gift", donation_id=donation_id)
