"""Money back to donors: the list, and one gift's refund, seen before it is sent."""

import uuid
from datetime import datetime

from flask import render_template, request, url_for

from fund.closing.keep_promise import keep_promise
from fund.desk.answers import done, errors_of
from fund.desk.find import campaigns_by_id, find_donation
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.desk.paging import PAGE, before_moment, moment_key, page_of
from fund.donations.models import Donation
from fund.donations.plan_refund import RefundPreview, plan_refund, preview_refund, refundable
from fund.donations.queries_of_returns import newest_refunds, refunds_to_mend
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.money import format_money, parse_amount, plain_amount
from fund.payments.queries import line_of_charge
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

MANY = 200
"""More than that did not arrive: the next ones move up as the first are seen to."""


@needs("refund_gifts")
def refunds() -> str:
    """Those that did not arrive stand above the first page: below hundreds that did, nobody would find them."""
    session, before = read_session(), before_moment()
    found = newest_refunds(session, before=before, limit=PAGE + 1)
    page = page_of(found, lambda pair: moment_key(pair[0].created_at, pair[0].id))
    to_mend = [] if before else refunds_to_mend(session, now=utc_now(), limit=MANY)
    return render_template("desk/refunds.html", page=page, to_mend=to_mend)


@needs("refund_gifts")
def refund(donation_id: uuid.UUID) -> Answer:
    """A GET asks how much, with `amount` it shows what that would do, and the POST from there does it."""
    gift = find_donation(donation_id)
    typed = request.values.get("amount")
    try:
        if request.method == "POST":
            return _send(gift, _read(typed or "", gift), utc_now())
        left = refundable(read_session(), gift)
        amount = _read(typed, gift) if typed and typed.strip() else left
        preview = _preview(gift, amount)
    except Refusal as refusal:
        return _page(gift, typed, None, errors_of(refusal)), refusal.status
    return _page(gift, typed, preview if typed is not None else None, {})


def _send(gift: Donation, amount: int, now: datetime) -> Answer:
    nonce = sent_nonce()
    with write_session() as session, keep_promise(session, campaign_id=gift.campaign_id):
        plan_refund(
            session,
            services().queue,
            donation_id=gift.id,
            amount=amount,
            actor=the_member().actor,
            locale=current_locale(),
            nonce=nonce,
            now=now,
        )
    sent = format_money(amount, gift.currency, locale=current_locale())
    return done(gettext("{amount} goes back to the donor.", amount=sent), url_for("desk.gift", donation_id=gift.id))


def _read(typed: str, gift: Donation) -> int:
    return parse_amount(typed, gift.currency, locale=current_locale())


def _preview(gift: Donation, amount: int) -> RefundPreview:
    line = line_of_charge(read_session(), gift.charge_id or "")
    fee = line[0] if line else 0
    return preview_refund(read_session(), gift, amount=amount, fee=fee, locale=current_locale())


def _page(gift: Donation, typed: str | None, preview: RefundPreview | None, errors: dict[str, str]) -> str:
    session = read_session()
    found = find_donation(uuid.UUID(gift.id))
    left = refundable(session, found)
    return render_template(
        "desk/refund.html",
        gift=found,
        campaign=campaigns_by_id()[found.campaign_id],
        left=left,
        typed=plain_amount(left, found.currency) if typed is None else typed,
        preview=preview,
        fee=line_of_charge(session, found.charge_id or ""),
        nonce=new_nonce(),
        errors=errors,
    )
