"""A new bill of counsel: typed, looked over, entered once."""

from dataclasses import dataclass

from flask import render_template, request, url_for

from fund.billing.bill_figures import bill_figures
from fund.billing.issue_bill import check_new_bill, issue_bill
from fund.billing.models import Bill
from fund.billing.queries import unbilled_disbursements, unbilled_time
from fund.billing.rules import BillFigures, BillForm, worth
from fund.campaigns.models import Campaign
from fund.desk.answers import done, errors_of
from fund.desk.counsel_money import find_launched, purse
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.desk.typed_days import day_value
from fund.desk.typed_form import TypedForm
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session

FIELDS = ("counsel", "number", "issued_on", "period_from", "period_until", "hours", "fees", "disbursements", "tax")


@dataclass(frozen=True, slots=True)
class TypedBill:
    """As it was typed; `time` and `costs` are the ids of the work that was ticked."""

    values: dict[str, str]
    time: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()


@needs("enter_bills")
def bill_new(campaign_id: int) -> Answer:
    """A GET shows the form, its POST shows what would be booked, and the POST from there books it."""
    campaign = find_launched(campaign_id)
    if request.method == "GET":
        return _page(campaign, _blank(campaign), {})
    typed, step = _typed(), request.form.get("step")
    if step == "change":
        return _page(campaign, typed, {})
    form, errors = _read(typed, campaign)
    if errors:
        return _page(campaign, typed, errors), 422
    try:
        if step == "book":
            bill = _book(campaign, form, sent_nonce())
            return done(gettext("The bill is in the books."), url_for("desk.bill", bill_id=bill.id))
        figures = _look_over(campaign, form)
    except Refusal as refusal:
        return _page(campaign, typed, errors_of(refusal)), refusal.status
    return _check_page(campaign, typed, form, figures)


def _look_over(campaign: Campaign, form: BillForm) -> BillFigures:
    check_new_bill(read_session(), campaign, form, today=utc_now().date())
    return bill_figures(read_session(), campaign, form)


def _book(campaign: Campaign, form: BillForm, nonce: str) -> Bill:
    with write_session() as session:
        return issue_bill(
            session, campaign_id=campaign.id, form=form, nonce=nonce, actor=the_member().actor, now=utc_now()
        )


def _read(typed: TypedBill, campaign: Campaign) -> tuple[BillForm, dict[str, str]]:
    form = TypedForm(typed.values, campaign.currency)
    bill = BillForm(
        counsel_id=form.number("counsel"),
        number=form.line("number"),
        issued_on=form.day("issued_on"),
        period_from=form.day("period_from"),
        period_until=form.day("period_until"),
        time_ids=typed.time,
        disbursement_ids=typed.costs,
        hours_hundredths=form.hundredths("hours"),
        fees=form.amount("fees"),
        disbursements=form.amount("disbursements"),
        tax=form.amount("tax"),
    )
    return bill, form.errors


def _typed() -> TypedBill:
    return TypedBill(
        {name: request.form.get(name, "") for name in FIELDS},
        tuple(dict.fromkeys(request.form.getlist("time"))),
        tuple(dict.fromkeys(request.form.getlist("cost"))),
    )


def _blank(campaign: Campaign) -> TypedBill:
    """All work that waits for the counsel who came last is ticked."""
    session, money = read_session(), purse(campaign)
    counsel = money.counsel[-1].counsel.id if money.counsel else 0
    return TypedBill(
        {**dict.fromkeys(FIELDS, ""), "counsel": str(counsel), "issued_on": day_value(utc_now())},
        tuple(entry.id for entry in unbilled_time(session, campaign.id) if entry.counsel_id == counsel),
        tuple(cost.id for cost in unbilled_disbursements(session, campaign.id) if cost.counsel_id == counsel),
    )


def _page(campaign: Campaign, typed: TypedBill, errors: dict[str, str]) -> str:
    session, money = read_session(), purse(campaign)
    time = unbilled_time(session, campaign.id)
    return render_template(
        "desk/bill_new.html",
        campaign=campaign,
        counsel=[one.counsel for one in money.counsel],
        names={one.counsel.id: one.counsel.name for one in money.counsel},
        time=[(entry, worth(entry.hours_hundredths, entry.rate)) for entry in time],
        costs=unbilled_disbursements(session, campaign.id),
        typed=typed,
        errors=errors,
        today=day_value(utc_now()),
    )


def _check_page(campaign: Campaign, typed: TypedBill, form: BillForm, figures: BillFigures) -> str:
    money = purse(campaign)
    return render_template(
        "desk/bill_check.html",
        campaign=campaign,
        counsel=money.of(form.counsel_id).counsel,
        form=form,
        figures=figures,
        elsewhen=_outside_the_period(campaign, form),
        purse=money,
        typed=typed,
        nonce=new_nonce(),
    )


def _outside_the_period(campaign: Campaign, form: BillForm) -> int:
    """How many pieces of the chosen work were done before or after the days that the bill is for."""
    session = read_session()
    days = [entry.worked_on for entry in unbilled_time(session, campaign.id) if entry.id in form.time_ids]
    days += [cost.paid_on for cost in unbilled_disbursements(session, campaign.id) if cost.id in form.disbursement_ids]
    return sum(not form.period_from <= day <= form.period_until for day in days)
