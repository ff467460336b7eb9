import secrets
from dataclasses import replace
from datetime import timedelta

from flask import Response, redirect, request
from flask_limiter import RateLimitExceeded
from werkzeug.wrappers import Response as AnyResponse

from fund.campaigns.models import Campaign
from fund.donations.check_gift_is_taken import check_gift_is_taken
from fund.donations.open_checkout import open_checkout
from fund.donations.queries_of_declines import count_begun, is_slowed
from fund.donations.rules import SLOW_LIMIT, SLOW_PER_MINUTE, GiftForm, check_amount, check_gift_form
from fund.donations.start_donation import is_started, start_donation
from fund.donations.taken_now import taken_now
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.money import parse_amount
from fund.site.find_campaign import find_campaign
from fund.site.gift_page import GiftFields, cover, gift_page, private
from fund.site.source import source_of_link
from fund.web.errors import explain
from fund.web.i18n import current_locale, gettext
from fund.web.limits import TOO_MANY, give_limit, limiter
from fund.web.origin import anonymous_form
from fund.web.request_scope import read_session, write_session
from fund.web.services import services

NONCE = "gift form"
FORM_LIFETIME = timedelta(hours=12)
TOO_OLD = "This form has been open too long. Please look at it and send it once more."
UNPROCESSABLE, CONFLICT, UNAVAILABLE = 422, 409, 503
RETRY_AFTER = {UNAVAILABLE: 30, TOO_MANY: 60}
A_MINUTE = timedelta(minutes=1)


@anonymous_form
def donate(slug: str) -> AnyResponse:
    """The form, and what it leads to: Stripe's page for this gift."""
    campaign = find_campaign(slug)
    if request.method == "POST":
        return _give(campaign)
    fields = GiftFields(
        amount=request.args.get("other", "").strip() or request.args.get("amount", "").strip(),
        nonce=_new_nonce(),
        frequency="monthly" if request.args.get("frequency") == "monthly" else "once",
        ref=source_of_link(request.args.get("ref")),
    )
    taken = taken_now(read_session(), campaign, now=utc_now())
    return gift_page(campaign, fields, status=200 if taken.now else CONFLICT)


def _give(campaign: Campaign) -> AnyResponse:
    fields = _typed()
    try:
        form = _judge(campaign, fields)
        nonce = _read_nonce(fields.nonce)
        if not is_started(read_session(), campaign_id=campaign.id, form=form, nonce=nonce):
            _count_gift(campaign)
        return private(redirect(_start(campaign, form, nonce), 303))  # type: ignore[arg-type]
    except RateLimitExceeded:
        busy = gettext("Too many gifts were started from your address. Wait a few minutes, then send the form again.")
        return gift_page(campaign, fields, status=429, problem=busy)
    except Refusal as refusal:
        return _again(campaign, fields, refusal)


def _typed() -> GiftFields:
    form = request.form
    return GiftFields(
        amount=form.get("amount", ""),
        nonce=form.get("nonce", ""),
        email=form.get("email", ""),
        visibility=form.get("visibility", ""),
        display_name=form.get("display_name", ""),
        message=form.get("message", ""),
        frequency=form.get("frequency", "once"),
        stop_at_target="stop_at_target" in form,
        cover_fee="cover_fee" in form,
        ref=form.get("ref", ""),
    )


def _judge(campaign: Campaign, fields: GiftFields) -> GiftForm:
    """Raises Refusal. All that can be said without Stripe is said here, and counts against no limit."""
    check_gift_is_taken(read_session(), campaign, locale=current_locale(), now=utc_now())
    if fields.frequency not in ("", "once", "monthly"):
        raise Refusal("Choose how often you give.", field="frequency")
    locale, currency = current_locale(), campaign.currency
    gift = parse_amount(fields.amount, currency, locale=locale)
    check_amount(gift, currency=currency, minimum=campaign.minimum_gift, locale=locale)
    added = cover(gift, currency) if fields.cover_fee else 0
    return check_gift_form(
        amount=gift + added,
        currency=currency,
        minimum=campaign.minimum_gift,
        visibility=fields.visibility,
        display_name=fields.display_name,
        message=fields.message,
        email=fields.email,
        ref=fields.ref,
        locale=locale,
        fee_covered=added,
        monthly=fields.frequency == "monthly",
        stop_at_target=fields.stop_at_target,
    )


def _start(campaign: Campaign, form: GiftForm, nonce: str) -> str:
    """Where Stripe's page is. Between the two steps nothing is locked: Stripe may take seconds."""
    here, now = services(), utc_now()
    with write_session() as session:
        donation = start_donation(
            session, here.queue, campaign_id=campaign.id, form=form, nonce=nonce, locale=current_locale(), now=now
        )
    return open_checkout(here.database, here.gateway, here.addresses, here.signer, donation_id=donation.id, now=now)


def _again(campaign: Campaign, fields: GiftFields, refusal: Refusal) -> Response:
    """The form with what was typed. One that is too old, or was paid, gets a new nonce: sending it is a new gift."""
    sentence = explain(refusal)
    if refusal.field:
        kept = replace(fields, problems={refusal.field: sentence}, nonce=_same_or_new(fields.nonce))
        return gift_page(campaign, kept, status=CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE)
    if refusal.status in (CONFLICT, UNAVAILABLE, TOO_MANY):
        response = gift_page(find_campaign(campaign.slug), fields, status=refusal.status, problem=sentence)
        if refusal.status in RETRY_AFTER:
            response.headers["Retry-After"] = str(RETRY_AFTER[refusal.status])
        return response
    return gift_page(campaign, replace(fields, nonce=_new_nonce()), status=UNPROCESSABLE, problem=sentence)


def _new_nonce() -> str:
    return services().signer.sign_dated(NONCE, secrets.token_urlsafe(18))


def _read_nonce(nonce: str) -> str:
    """Raises Refusal when this form is not one that we gave out, or is too old."""
    try:
        return str(services().signer.read_dated(NONCE, nonce, lifetime=FORM_LIFETIME))
    except Refusal:
        raise Refusal(
            "This form has been open too long. Please look at it and send it once more.", status=410
        ) from None


def _same_or_new(nonce: str) -> str:
    try:
        _read_nonce(nonce)
    except Refusal:
        return _new_nonce()
    return nonce


def _count_gift(campaign: Campaign) -> None:
    """One new gift by this visitor; refused forms, and forms that are sent again, never come here.

    While many cards are being declined, few gifts are begun, by anybody and by one address.
    """
    session, now = read_session(), utc_now()
    slowed = is_slowed(session, campaign.id, now=now)
    if slowed and count_begun(session, campaign.id, since=now - A_MINUTE) >= SLOW_PER_MINUTE:
        raise Refusal(
            "Many cards are being declined on this page just now, so it takes gifts slowly for a while."
            " Nothing was charged; please send the form again in a minute.",
            status=TOO_MANY,
        )
    _count()
    if slowed:
        _count_slowly()


@limiter.limit(give_limit)
def _count() -> None:
    """Raises RateLimitExceeded."""


@limiter.limit(SLOW_LIMIT)
def _count_slowly() -> None:
    """Raises RateLimitExceeded."""
