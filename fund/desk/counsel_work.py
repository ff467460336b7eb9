"""Time and disbursements of counsel, for the desk alone: entered, corrected, removed while no bill charges them."""

import uuid

from flask import render_template, request, url_for
from werkzeug.exceptions import NotFound

from fund.billing.correct_work import correct_work
from fund.billing.enter_disbursement import enter_disbursement
from fund.billing.enter_time import enter_time
from fund.billing.models import Disbursement, TimeEntry
from fund.billing.queries import counsel_of
from fund.billing.remove_work import remove_work
from fund.billing.rules import WorkForm
from fund.campaigns.models import Campaign
from fund.campaigns.queries import as_rules, current_schedule
from fund.campaigns.rules import first_rate
from fund.desk.answers import done, errors_of
from fund.desk.counsel_money import find_launched
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.desk.typed_days import day_value
from fund.desk.typed_form import TypedForm
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.money import plain_amount
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session

FIELDS = ("counsel", "day", "hours", "rate", "amount", "narrative")


@needs("enter_bills")
def time_new(campaign_id: int) -> Answer:
    return _enter(find_launched(campaign_id), is_time=True)


@needs("enter_bills")
def disbursement_new(campaign_id: int) -> Answer:
    return _enter(find_launched(campaign_id), is_time=False)


@needs("enter_bills")
def work(work_id: uuid.UUID) -> Answer:
    """A GET shows what was entered, its POST corrects it."""
    found = _find(work_id)
    campaign, is_time = find_launched(found.campaign_id), isinstance(found, TimeEntry)
    if request.method == "GET":
        return _page(campaign, _stored(found, campaign), {}, is_time=is_time, work=found)
    typed = _typed()
    form, errors = _read(typed, campaign, is_time=is_time)
    if errors:
        return _page(campaign, typed, errors, is_time=is_time, work=found), 422
    try:
        with write_session() as session:
            correct_work(session, work_id=found.id, form=form, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return _page(campaign, typed, errors_of(refusal), is_time=is_time, work=found), refusal.status
    return done(gettext("It is corrected."), url_for("desk.bills", campaign_id=campaign.id))


@needs("enter_bills")
def work_remove(work_id: uuid.UUID) -> Answer:
    with write_session() as session:
        campaign_id = remove_work(session, work_id=str(work_id), actor=the_member().actor, now=utc_now())
    return done(gettext("It is removed."), url_for("desk.bills", campaign_id=campaign_id))


def _enter(campaign: Campaign, *, is_time: bool) -> Answer:
    if request.method == "GET":
        return _page(campaign, _blank(campaign), {}, is_time=is_time)
    typed = _typed()
    form, errors = _read(typed, campaign, is_time=is_time)
    if errors:
        return _page(campaign, typed, errors, is_time=is_time), 422
    enter = enter_time if is_time else enter_disbursement
    try:
        with write_session() as session:
            enter(
                session,
                campaign_id=campaign.id,
                form=form,
                nonce=sent_nonce(),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(campaign, typed, errors_of(refusal), is_time=is_time), refusal.status
    again = "desk.time_new" if is_time else "desk.disbursement_new"
    said = gettext("The time is entered.") if is_time else gettext("The disbursement is entered.")
    return done(said, url_for(again, campaign_id=campaign.id))


def _read(typed: dict[str, str], campaign: Campaign, *, is_time: bool) -> tuple[WorkForm, dict[str, str]]:
    form = TypedForm(typed, campaign.currency)
    work_form = WorkForm(
        counsel_id=form.number("counsel"),
        day=form.day("day"),
        narrative=form.words("narrative"),
        hours_hundredths=(form.hundredths("hours") or 0) if is_time else 0,
        rate=_or_minus(form.amount("rate")) if is_time else 0,
        amount=0 if is_time else form.amount("amount") or 0,
    )
    return work_form, form.errors


def _or_minus(amount: int | None) -> int:
    """An empty rate is refused; 0 is work without charge."""
    return -1 if amount is None else amount


def _find(work_id: uuid.UUID) -> TimeEntry | Disbursement:
    session = read_session()
    found = session.get(TimeEntry, str(work_id)) or session.get(Disbursement, str(work_id))
    if found is None:
        raise NotFound
    return found


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in FIELDS}


def _blank(campaign: Campaign) -> dict[str, str]:
    rate = first_rate(as_rules(current_schedule(read_session(), campaign.id)))
    return {
        **dict.fromkeys(FIELDS, ""),
        "counsel": next((str(one.id) for one in reversed(counsel_of(read_session(), campaign.id))), ""),
        "day": day_value(utc_now()),
        "rate": plain_amount(rate, campaign.currency) if rate else "",
    }


def _stored(work: TimeEntry | Disbursement, campaign: Campaign) -> dict[str, str]:
    typed = {**dict.fromkeys(FIELDS, ""), "counsel": str(work.counsel_id), "narrative": work.narrative}
    if isinstance(work, TimeEntry):
        hours = plain_amount(work.hours_hundredths, "CAD")
        return {**typed, "day": f"{work.worked_on}", "hours": hours, "rate": plain_amount(work.rate, campaign.currency)}
    return {**typed, "day": f"{work.paid_on}", "amount": plain_amount(work.amount, campaign.currency)}


def _page(
    campaign: Campaign,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    is_time: bool,
    work: TimeEntry | Disbursement | None = None,
) -> str:
    return render_template(
        "desk/counsel_work.html",
        campaign=campaign,
        counsel=counsel_of(read_session(), campaign.id),
        typed=typed,
        errors=errors,
        is_time=is_time,
        work=work,
        nonce=new_nonce(),
        today=day_value(utc_now()),
    )
