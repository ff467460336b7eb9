"""Gifts that came by hand: entered, looked over, booked; and taken back by an entry of their own."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for

from fund.campaigns.models import Campaign
from fund.closing.keep_promise import keep_promise
from fund.desk.answers import done, errors_of
from fund.desk.back_to_form import goes_back
from fund.desk.find import campaigns_by_id, find_campaign, find_donation
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.desk.typed_days import day_value, read_day
from fund.donations.models import Donation
from fund.donations.record_offline_gift import METHODS, record_offline_gift
from fund.donations.reverse_offline_gift import reverse_offline_gift
from fund.donations.rules import GiftForm, check_gift_form
from fund.donations.stop_when_over import stop_when_over
from fund.donations.write_to_donor import write_to_donor
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.kit.money import parse_amount
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import write_session
from fund.web.services import services

FIELDS = ("campaign", "amount", "method", "received_on", "visibility", "display_name", "message", "email", "locale")


@dataclass(frozen=True, slots=True)
class OfflineGift:
    """What was typed, judged as far as the form can."""

    campaign: Campaign
    form: GiftForm
    method: str
    received_at: datetime
    locale: str


@needs("enter_offline_gifts")
def offline_gift() -> Answer:
    """A GET shows the form, its POST shows what would be booked, and the POST from there books it."""
    if request.method == "GET":
        return _form(_blank(), {})
    typed = {name: request.form.get(name, "") for name in FIELDS}
    if goes_back():
        return _form(typed, {})
    try:
        gift = _read(typed)
        if request.form.get("step") != "book":
            return render_template("desk/offline_check.html", gift=gift, typed=typed, nonce=new_nonce())
        donation_id = _book(gift, sent_nonce(), utc_now())
    except Refusal as refusal:
        return _form(typed, errors_of(refusal)), refusal.status
    return done(gettext("The gift is in the books."), url_for("desk.gift", donation_id=donation_id))


@needs("enter_offline_gifts")
def reverse_gift(donation_id: uuid.UUID) -> Answer:
    """A GET asks why, the POST reverses."""
    if request.method == "GET":
        return _ask_why(donation_id, "")
    campaign_id = find_donation(donation_id).campaign_id
    try:
        with write_session() as session, keep_promise(session, campaign_id=campaign_id):
            reverse_offline_gift(
                session,
                donation_id=str(donation_id),
                reason=request.form.get("reason", ""),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _ask_why(donation_id, explain(refusal)), refusal.status
    return done(gettext("The gift is reversed, by an entry of its own."), url_for("desk.gift", donation_id=donation_id))


def _read(typed: dict[str, str]) -> OfflineGift:
    """Raises Refusal for the first thing that is wrong."""
    number = typed["campaign"]
    known = number.isascii() and number.isdigit() and len(number) < 10  # noqa: PLR2004  a column's largest id
    campaign = campaigns_by_id().get(int(number)) if known else None
    if campaign is None or campaign.status == "draft":
        raise Refusal("Choose the campaign that it is for.", field="campaign")
    received_at = read_day(typed["received_on"], field="received_on")
    if typed["method"] not in METHODS:
        raise Refusal("Choose how the gift came.", field="method")
    if typed["visibility"] == "secret":
        raise Refusal("An offline gift cannot be hidden from us: we have seen who gave it.", field="visibility")
    form = check_gift_form(
        amount=parse_amount(typed["amount"], campaign.currency, locale=current_locale()),
        currency=campaign.currency,
        minimum=1,
        visibility=typed["visibility"],
        display_name=typed["display_name"],
        message=typed["message"],
        email=typed["email"],
        ref="",
        locale=current_locale(),
    )
    _check_day(campaign, received_at)
    locale = typed["locale"] if typed["locale"] in LOCALES else current_locale()
    return OfflineGift(campaign, form, typed["method"], received_at, locale)


def _check_day(campaign: Campaign, received_at: datetime) -> None:
    """As the booking would, so that the look before it says so already."""
    if received_at > utc_now():
        raise Refusal("This day has not come yet.", field="received_on")
    if campaign.opened_at is not None and received_at.date() < campaign.opened_at.date():
        raise Refusal("The campaign was not open on that day.", field="received_on")


def _book(gift: OfflineGift, nonce: str, now: datetime) -> str:
    given = services()
    with write_session() as session:
        donation = record_offline_gift(
            session,
            campaign_id=gift.campaign.id,
            form=gift.form,
            method=gift.method,
            received_at=gift.received_at,
            nonce=nonce,
            locale=gift.locale,
            actor=the_member().actor,
            now=now,
        )
        write_to_donor(
            session,
            given.queue,
            given.sender,
            given.addresses,
            given.signer,
            donation_id=donation.id,
            message="receipt",
            now=now,
        )
        stop_when_over(session, given.queue, campaign_id=gift.campaign.id, now=now)
        return donation.id


def _blank() -> dict[str, str]:
    campaign = request.args.get("campaign", "")
    return {"campaign": campaign, "received_on": day_value(utc_now()), "visibility": "hidden", "locale": "en"}


def _form(typed: dict[str, str], errors: dict[str, str]) -> str:
    campaigns = [campaign for campaign in campaigns_by_id().values() if campaign.status != "draft"]
    return render_template(
        "desk/offline_gift.html",
        campaigns=campaigns,
        methods=METHODS,
        typed=typed,
        errors=errors,
        today=day_value(utc_now()),
    )


def _ask_why(donation_id: uuid.UUID, refused: str) -> str:
    donation: Donation = find_donation(donation_id)
    if donation.kind != "offline":
        raise Refusal("There is no such offline gift.", status=404)
    return render_template(
        "desk/offline_reverse.html", gift=donation, campaign=find_campaign(donation.campaign_id), refused=refused
    )
