"""Gifts as donors would give them, by the same use cases as the site and the worker."""

import itertools
from datetime import datetime

from fund.campaigns.models import Campaign
from fund.donations.open_checkout import open_checkout
from fund.donations.rules import check_gift_form
from fund.donations.settle_donation import settle_donation
from fund.donations.start_donation import start_donation
from fund.kit.clock import utc_now
from fund.web.services import Services
from tests.fakes.gateway import FakeGateway

_nonces = itertools.count(1)


def start_gift(
    services: Services,
    campaign_id: int,
    amount: int = 6250,
    *,
    email: str = "",
    display_name: str = "",
    message: str = "",
    visibility: str = "",
    locale: str = "en",
    now: datetime | None = None,
) -> str:
    """The id of a pending donation whose checkout is open at the fake processor. Minor units.

    Public with a name, else hidden, unless `visibility` says otherwise.
    """
    moment = now or utc_now()
    with services.database.write() as session:
        campaign = session.get_one(Campaign, campaign_id)
        form = check_gift_form(
            amount=amount,
            currency=campaign.currency,
            minimum=campaign.minimum_gift,
            visibility=visibility or ("public" if display_name else "hidden"),
            display_name=display_name,
            message=message,
            email=email,
            ref="",
            locale=locale,
        )
        nonce = f"test:{next(_nonces)}"
        donation_id = start_donation(
            session, services.queue, campaign_id=campaign_id, form=form, nonce=nonce, locale=locale, now=moment
        ).id
    open_checkout(
        services.database,
        services.gateway,
        services.addresses,
        services.signer,
        donation_id=donation_id,
        now=moment,
    )
    return donation_id


def settle(services: Services, donation_id: str, *, now: datetime | None = None) -> str:
    """Have the books follow what the fake processor says of the gift's session; the state that came of it."""
    gateway = services.gateway
    assert isinstance(gateway, FakeGateway)
    checkout = gateway.session_of(donation_id)
    with services.database.write() as session:
        return settle_donation(session, checkout=checkout, site=gateway.site, now=now or utc_now()).state


def give(
    services: Services,
    campaign_id: int,
    amount: int = 6250,
    *,
    display_name: str = "",
    email: str = "",
    message: str = "",
) -> str:
    """The id of a gift that is paid and booked."""
    donation_id = start_gift(services, campaign_id, amount, display_name=display_name, email=email, message=message)
    assert isinstance(services.gateway, FakeGateway)
    services.gateway.pay(services.gateway.session_of(donation_id).id)
    assert settle(services, donation_id) == "applied"
    return donation_id
