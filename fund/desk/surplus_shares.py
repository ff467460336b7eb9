"""Who gets what of a surplus: the table, the same as a file without names, and what was paid by hand."""

import csv
import io
import uuid
from collections.abc import Iterator

from flask import Response, render_template, request, url_for
from werkzeug.exceptions import BadRequest, NotFound

from fund.closing.leave_share_unpaid import REASONS, leave_share_unpaid
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.pay_share_by_hand import pay_share_by_hand
from fund.closing.queries import all_shares, counts_of, find_plan, find_share, shares_page, shares_unanswered
from fund.db.session import Database
from fund.desk.answers import done, errors_of
from fund.desk.find import LARGEST_ID, find_campaign
from fund.desk.paging import PAGE
from fund.desk.typed_days import day_value, read_day
from fund.donations.gift_number import gift_number
from fund.donations.models import Donation
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.money import plain_amount
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

STATES = ("planned", "sent", "succeeded", "failed", "skipped", "by_hand", "unpaid")
LONGEST = 9
"""Digits of a position."""


@needs("plan_surplus")
def surplus_shares(plan_id: uuid.UUID) -> str:
    """In the plan's order, a page at a time; `state` keeps to one state."""
    plan, state, after = _plan(plan_id), request.args.get("state", ""), request.args.get("after", "0")
    if state not in ("", *STATES) or not (after.isascii() and after.isdigit()) or len(after) > LONGEST:
        raise BadRequest
    rows = shares_page(read_session(), plan.id, state=state, after=int(after), limit=PAGE + 1)
    last = rows[PAGE - 1][0].position if len(rows) > PAGE else None
    return render_template(
        "desk/surplus_shares.html",
        plan=plan,
        campaign=find_campaign(plan.campaign_id),
        rows=[(share, gift, gift_number(gift)) for share, gift in rows[:PAGE]],
        counts=counts_of(read_session(), plan.id),
        unanswered=shares_unanswered(read_session(), plan.id, now=utc_now()),
        state=state,
        states=STATES,
        first=url_for("desk.surplus_shares", plan_id=plan.id, state=state or None) if int(after) else None,
        more=url_for("desk.surplus_shares", plan_id=plan.id, state=state or None, after=last) if last else None,
    )


@needs("plan_surplus")
def surplus_csv(plan_id: uuid.UUID) -> Response:
    """By the numbers of the gifts: nothing in it says who gave."""
    plan = _plan(plan_id)
    response = Response(_csv_lines(services().database, plan), content_type="text/csv; charset=utf-8")
    slug = find_campaign(plan.campaign_id).slug
    response.headers["Content-Disposition"] = f'attachment; filename="surplus-{slug}.csv"'
    return response


@needs("plan_surplus")
def surplus_by_hand(plan_id: uuid.UUID, position: int) -> Answer:
    """A GET shows what is owed and asks for the day, the POST books that it was paid."""
    plan = _plan(plan_id)
    share, gift = _share(plan, position)
    if request.method == "GET":
        return _by_hand_page(plan, share, gift, {}, {})
    typed = {"returned_on": request.form.get("returned_on", "")}
    try:
        returned_at = read_day(typed["returned_on"], field="returned_on")
        with write_session() as session:
            pay_share_by_hand(
                session,
                plan_id=plan.id,
                position=position,
                returned_at=returned_at,
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        errors = errors_of(refusal, {"paid_on": "returned_on"})
        return _by_hand_page(plan, *_share(plan, position), typed, errors), refusal.status
    return done(
        gettext("The payment is in the books."), url_for("desk.surplus_shares", plan_id=plan.id, state="failed")
    )


@needs("plan_surplus")
def surplus_unpaid(plan_id: uuid.UUID, position: int) -> Answer:
    """The donor cannot be paid: the share stays with the surplus."""
    plan = _plan(plan_id)
    share, gift = _share(plan, position)
    typed = {"reason": request.form.get("reason", "")}
    try:
        with write_session() as session:
            leave_share_unpaid(
                session,
                plan_id=plan.id,
                position=position,
                reason=typed["reason"],
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _by_hand_page(plan, share, gift, typed, errors_of(refusal)), refusal.status
    return done(
        gettext("The share stays with the surplus."), url_for("desk.surplus_shares", plan_id=plan.id, state="unpaid")
    )


def _plan(plan_id: uuid.UUID) -> SurplusPlan:
    found = find_plan(read_session(), str(plan_id))
    if found is None:
        raise NotFound
    return found


def _share(plan: SurplusPlan, position: int) -> tuple[SurplusShare, Donation]:
    found = find_share(read_session(), plan.id, position) if position <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def _by_hand_page(
    plan: SurplusPlan, share: SurplusShare, gift: Donation, typed: dict[str, str], errors: dict[str, str]
) -> str:
    return render_template(
        "desk/surplus_by_hand.html",
        plan=plan,
        campaign=find_campaign(plan.campaign_id),
        share=share,
        gift=gift,
        number=gift_number(gift),
        typed={"returned_on": day_value(utc_now()), "reason": "", **typed},
        reasons=REASONS,
        today=day_value(utc_now()),
        errors=errors,
    )


def _csv_lines(database: Database, plan: SurplusPlan) -> Iterator[str]:
    yield _line("position", "gift", "left", "share", "currency", "state", "note")
    with database.read() as session:
        for share, gift in all_shares(session, plan.id):
            left, part = (plain_amount(minor, plan.currency) for minor in (share.base, share.amount))
            yield _line(share.position, gift_number(gift), left, part, plan.currency, share.state, share.note)


def _line(*cells: object) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
