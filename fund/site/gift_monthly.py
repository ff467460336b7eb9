"""A monthly gift in its donor's hands: another card or amount at Stripe, and an end at any time."""

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from fund.campaigns.models import Campaign
from fund.donations.cancel_monthly_gift import cancel_monthly_gift
from fund.donations.gift_link import donation_of_link
from fund.donations.models import Donation, MonthlyGift
from fund.donations.settle_subscription import settle_subscription
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.payments.gateway import GatewayRefusedError, GatewayUnavailableError
from fund.site.gift import LIMIT, by_link, gift_answer
from fund.site.gift_changes import done
from fund.site.gift_page import private
from fund.web.i18n import current_locale
from fund.web.limits import limiter
from fund.web.origin import anonymous_form
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@anonymous_form
@limiter.limit(LIMIT, key_func=lambda: f"portal:{by_link()}")
def gift_portal(token: str) -> AnyResponse:
    """To Stripe's page for this monthly gift: card, amount, end."""
    here = services()
    _, monthly = _going_on(token)
    customer, locale = monthly.customer_id, current_locale()
    back = f"{here.addresses.gift(token, locale)}?done=portal"
    try:
        address = here.gateway.create_portal_session(customer_id=customer, return_url=back, locale=locale)
    except (GatewayUnavailableError, GatewayRefusedError):
        return gift_answer(token, refusal=_silent())
    return private(redirect(address, 303))  # type: ignore[arg-type]


@anonymous_form
@limiter.limit(LIMIT, methods=["POST"], key_func=lambda: f"stop:{by_link()}")
def gift_stop(token: str) -> AnyResponse:
    """A GET asks whether it is meant; the POST ends it at Stripe, at once, and keeps what Stripe says."""
    donation, monthly = _going_on(token)
    if request.method == "GET":
        campaign = read_session().get_one(Campaign, donation.campaign_id)
        page = render_template(
            "site/gift_stop.html", token=token, monthly=monthly, text=campaign.text(current_locale())
        )
        return private(make_response(page))
    here, monthly_gift_id = services(), monthly.id
    try:
        subscription_id = cancel_monthly_gift(here.database, here.gateway, monthly_gift_id=monthly_gift_id)
        subscription = here.gateway.fetch_subscription(subscription_id) if subscription_id else None
    except (GatewayUnavailableError, GatewayRefusedError):
        return gift_answer(token, refusal=_silent())
    if subscription is not None:
        with write_session() as session:
            settle_subscription(session, subscription=subscription, site=here.gateway.site, now=utc_now())
    return done(token, "stopped")


def _going_on(token: str) -> tuple[Donation, MonthlyGift]:
    """Raises Refusal for a link that is none, and for a gift that is not monthly or has ended."""
    session = read_session()
    donation = donation_of_link(session, services().signer, token)
    monthly = session.get(MonthlyGift, donation.monthly_gift_id) if donation.monthly_gift_id else None
    if monthly is None or monthly.ended_at is not None:
        raise Refusal("There is no monthly gift that goes on.", status=409)
    return donation, monthly


def _silent() -> Refusal:
    return Refusal(
        "Stripe, who handles the payments, does not answer. Nothing was changed; please try again in a moment.",
        status=503,
    )
