from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import update

from fund.campaigns.models import Campaign
from fund.db.session import Database
from fund.donations.models import Donation
from fund.donations.thanks_key import thanks_key
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.payments.gateway import CheckoutRequest, Gateway, GatewayRefusedError, GatewayUnavailableError


def open_checkout(
    database: Database, gateway: Gateway, addresses: Addresses, signer: Signer, *, donation_id: str, now: datetime
) -> str:
    """Where to send the donor: Stripe's page for this gift, made once.

    Takes the database and not a session, because Stripe is asked between two of them. If we die after Stripe made the
    session, the same form leads to the same one, by the gift's idempotency key. Raises Refusal 503 when Stripe does
    not answer, 410 when the form is too old to be paid.
    """
    with database.read() as session:
        donation = session.get_one(Donation, donation_id)
        campaign = session.get_one(Campaign, donation.campaign_id)
        if donation.paid_at is not None:
            return f"{addresses.thanks(campaign.slug, donation.locale)}?session_id={donation.checkout_session_id}"
        if donation.state != "pending" or now >= donation.expires_at:
            raise Refusal("This form has been open too long. Please fill it in once more.", status=410)
        if donation.checkout_url:
            return donation.checkout_url
        request = _request(donation, campaign, addresses, signer)
    try:
        checkout = gateway.create_checkout_session(request)
    except GatewayUnavailableError:
        raise Refusal(
            "Stripe, who handles the payment, does not answer. Nothing was charged; please try again in a moment.",
            status=503,
        ) from None
    except GatewayRefusedError as no:
        raise Refusal(
            "Stripe did not accept this gift ({code}). Nothing was charged.", status=503, code=no.code
        ) from None
    if not checkout.url:
        raise Refusal("This form has been open too long. Please fill it in once more.", status=410)
    with database.write() as session:
        session.execute(
            update(Donation)
            .where(Donation.id == donation_id)
            .values(checkout_session_id=checkout.id, checkout_url=checkout.url)
        )
    return checkout.url


def _request(donation: Donation, campaign: Campaign, addresses: Addresses, signer: Signer) -> CheckoutRequest:
    key = thanks_key(signer, donation)
    own = f"&{urlencode({'k': key})}" if key else ""
    return CheckoutRequest(
        donation_id=donation.id,
        campaign_slug=campaign.slug,
        amount=donation.amount,
        currency=donation.currency,
        title=campaign.text(donation.locale).title,
        locale=donation.locale,
        customer_email=None if donation.visibility == "secret" else donation.email,
        success_url=addresses.thanks(campaign.slug, donation.locale) + "?session_id={CHECKOUT_SESSION_ID}" + own,
        cancel_url=addresses.donate(campaign.slug, donation.locale),
        expires_at=donation.expires_at,
        idempotency_key=f"don:{donation.id}:checkout:1",
        monthly=donation.kind == "monthly",
        stop_at_target=donation.stop_at_target,
    )
