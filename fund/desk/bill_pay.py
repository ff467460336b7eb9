"""Paying a bill: from where and how much, what that does, then the entry."""

import uuid
from datetime import date

from flask import render_template, request, url_for

from fund.billing.models import Bill
from fund.billing.pay_bill import check_payment, pay_bill
from fund.billing.queries import BillState, bill_state
from fund.closing.check_promised import check_promised
from fund.desk.answers import done, errors_of
from fund.desk.back_to_form import goes_back
from fund.desk.counsel_money import Purse, differences, purse
from fund.desk.find import find_bill, find_campaign
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.desk.typed_days import day_value
from fund.desk.typed_form import TypedForm
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.money import plain_amount
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session

FIELDS = ("source", "amount", "made_on")


@needs("pay_counsel")
def bill_pay(bill_id: uuid.UUID) -> Answer:
    """A GET shows the form, its POST shows what would be booked, and the POST from there books it."""
    bill = find_bill(bill_id)
    if request.method == "GET":
        return _page(bill, None, {})
    typed = {name: request.form.get(name, "") for name in FIELDS}
    if goes_back():
        return _page(bill, typed, {})
    form = TypedForm(typed, bill.currency)
    amount, made_on = form.amount("amount") or 0, form.day("made_on")
    if form.errors:
        return _page(bill, typed, form.errors), 422
    try:
        if request.form.get("step") == "book":
            _book(bill, typed["source"], amount, made_on, sent_nonce())
            return done(gettext("The payment is in the books."), url_for("desk.bill", bill_id=bill.id))
        _look_over(bill, typed["source"], amount, made_on)
    except Refusal as refusal:
        return _page(find_bill(bill_id), typed, errors_of(refusal)), refusal.status
    return _check_page(bill, typed, amount, made_on)


def _look_over(bill: Bill, source: str, amount: int, made_on: date) -> None:
    session = read_session()
    check_payment(
        session,
        find_campaign(bill.campaign_id),
        bill,
        source=source,
        amount=amount,
        made_on=made_on,
        differences=differences(session),
        now=utc_now(),
    )
    if source == "bank":
        check_promised(session, campaign_id=bill.campaign_id, leaving=amount)


def _book(bill: Bill, source: str, amount: int, made_on: date, nonce: str) -> None:
    with write_session() as session:
        pay_bill(
            session,
            bill_id=bill.id,
            source=source,
            amount=amount,
            made_on=made_on,
            differences=differences(session),
            nonce=nonce,
            actor=the_member().actor,
            now=utc_now(),
        )
        if source == "bank":
            check_promised(session, campaign_id=bill.campaign_id)


def _blank(state: BillState, money: Purse) -> dict[str, str]:
    """From trust where it holds enough, else from the bank, as much as is there."""
    trust = money.of(state.bill.counsel_id).in_trust
    source = "trust" if trust >= state.lacks else "bank"
    there = trust if source == "trust" else money.in_bank
    amount = min(state.lacks, there) or state.lacks
    return {
        "source": source,
        "amount": plain_amount(amount, state.bill.currency),
        "made_on": day_value(utc_now()),
    }


def _page(bill: Bill, typed: dict[str, str] | None, errors: dict[str, str]) -> str:
    campaign = find_campaign(bill.campaign_id)
    state, money = bill_state(read_session(), bill), purse(campaign)
    return render_template(
        "desk/bill_pay.html",
        campaign=campaign,
        state=state,
        purse=money,
        holder=money.of(bill.counsel_id),
        typed=typed or _blank(state, money),
        errors=errors,
        today=day_value(utc_now()),
    )


def _check_page(bill: Bill, typed: dict[str, str], amount: int, made_on: date) -> str:
    campaign = find_campaign(bill.campaign_id)
    money = purse(campaign)
    return render_template(
        "desk/bill_pay_check.html",
        campaign=campaign,
        state=bill_state(read_session(), bill),
        purse=money,
        holder=money.of(bill.counsel_id),
        source=typed["source"],
        amount=amount,
        made_on=made_on,
        typed=typed,
        nonce=new_nonce(),
    )
