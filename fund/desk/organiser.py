"""The organiser's share: promised, and paid, in parts if need be. What was entered by mistake is taken back."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for

from fund.campaigns.models import Campaign
from fund.closing.check_promised import check_promised
from fund.desk.answers import done, errors_of
from fund.desk.back_to_form import goes_back
from fund.desk.find import find_campaign
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.desk.typed_days import day_value, read_day
from fund.donations.campaign_progress import campaign_progress
from fund.donations.record_organiser_payment import paid_into_bank, record_organiser_payment
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.money import LARGEST, parse_amount, plain_amount
from fund.ledger.queries import BookedPosting, entries_of_account
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session, write_session

MANY = 100
DIRECTIONS = ("paid", "taken_back")


@dataclass(frozen=True, slots=True)
class OrganiserPayment:
    amount: int
    """Minor units; negative when it takes back what was entered by mistake."""
    received_at: datetime


@needs("enter_offline_gifts")
def organiser(campaign_id: int) -> Answer:
    """A GET shows the form, its POST shows what would be booked, and the POST from there books it."""
    campaign = find_campaign(campaign_id)
    if campaign.status == "draft":
        raise Refusal("There is no such campaign.", status=404)
    if request.method == "GET":
        return _page(campaign_id, {}, {})
    typed = {name: request.form.get(name, "") for name in ("direction", "amount", "received_on")}
    if goes_back():
        return _page(campaign_id, typed, {})
    try:
        payment = _read(typed, campaign)
        if request.form.get("step") != "book":
            _check_left(payment, campaign)
            return render_template(
                "desk/organiser_check.html",
                campaign=campaign,
                payment=payment,
                over=_over_the_promise(payment, campaign),
                typed=typed,
                nonce=new_nonce(),
            )
        _book(campaign_id, payment, sent_nonce())
    except Refusal as refusal:
        return _page(campaign_id, typed, errors_of(refusal)), refusal.status
    return done(gettext("The organiser’s share is in the books."), url_for("desk.organiser", campaign_id=campaign_id))


def _read(typed: dict[str, str], campaign: Campaign) -> OrganiserPayment:
    if typed["direction"] not in DIRECTIONS:
        raise Refusal("Say whether it arrived or is taken back.", field="direction")
    amount = parse_amount(typed["amount"], campaign.currency, locale=current_locale(), payable=False)
    received_at = read_day(typed["received_on"], field="received_on")
    if amount == 0 or amount > LARGEST:
        raise Refusal("This amount is out of range.", field="amount")
    if received_at > utc_now():
        raise Refusal("This day has not come yet.", field="received_on")
    return OrganiserPayment(amount if typed["direction"] == "paid" else -amount, received_at)


def _check_left(payment: OrganiserPayment, campaign: Campaign) -> None:
    if paid_into_bank(read_session(), campaign) + payment.amount < 0:
        raise Refusal("More than was paid cannot be taken back.", field="amount")
    if payment.amount < 0:
        check_promised(read_session(), campaign_id=campaign.id, leaving=-payment.amount)


def _over_the_promise(payment: OrganiserPayment, campaign: Campaign) -> int:
    paid = campaign_progress(read_session(), campaign).organiser_paid
    return max(0, paid + payment.amount - campaign.organiser_share) if payment.amount > 0 else 0


def _book(campaign_id: int, payment: OrganiserPayment, nonce: str) -> None:
    with write_session() as session:
        record_organiser_payment(
            session,
            campaign_id=campaign_id,
            amount=payment.amount,
            received_at=payment.received_at,
            nonce=nonce,
            actor=the_member().actor,
            now=utc_now(),
        )
        if payment.amount < 0:
            check_promised(session, campaign_id=campaign_id)


def _page(campaign_id: int, typed: dict[str, str], errors: dict[str, str]) -> str:
    session, campaign = read_session(), find_campaign(campaign_id)
    figures = campaign_progress(session, campaign)
    account = f"funds_organiser:{campaign.slug}"
    left = max(0, figures.organiser_promised - figures.organiser_paid)
    blank = {
        "direction": "paid",
        "amount": plain_amount(left, campaign.currency) if left else "",
        "received_on": day_value(utc_now()),
    }
    return render_template(
        "desk/organiser.html",
        campaign=campaign,
        figures=figures,
        left=left,
        rows=[
            (entry, _received(entry.postings, account)) for entry in entries_of_account(session, account, limit=MANY)
        ],
        typed=typed or blank,
        errors=errors,
        today=day_value(utc_now()),
    )


def _received(postings: tuple[BookedPosting, ...], account: str) -> int:
    return sum(
        posting.amount if posting.side == "credit" else -posting.amount
        for posting in postings
        if posting.account == account
    )
