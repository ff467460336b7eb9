"""The way to Stripe's page, when Stripe answers and when it does not."""

from datetime import timedelta

import pytest

from fund.db.session import Database
from fund.donations.models import Donation
from fund.donations.open_checkout import open_checkout
from fund.kit.errors import Refusal
from fund.payments.gateway import GatewayRefusedError, GatewayUnavailableError
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.factories.gift_rows import NOON, add_gift
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only
from tests.fixtures.services import SITE_URL

pytestmark = sqlite_only

STAYS_OPEN = timedelta(minutes=45)


@pytest.fixture
def gift(database: Database) -> str:
    return add_gift(
        database, make_campaign(database), "gift", state="pending", paid_at=None, email="charlie@example.net"
    )


def go(services: Services, donation_id: str, *, after: timedelta = timedelta(0)) -> str:
    return open_checkout(
        services.database, services.gateway, services.addresses, services.signer, donation_id=donation_id,
        now=NOON + after,
    )  # fmt: skip


def change(database: Database, donation_id: str, **values: object) -> None:
    with database.write() as session:
        for name, value in values.items():
            setattr(session.get_one(Donation, donation_id), name, value)


def test_a_gift_has_one_page_until_it_is_paid(services: Services, gateway: FakeGateway, gift: str) -> None:
    page = go(services, gift)
    assert go(services, gift, after=STAYS_OPEN - timedelta(seconds=1)) == page
    (request,) = gateway.requests.values()
    assert (request.customer_email, request.monthly, request.success_url) == (
        "charlie@example.net", False, f"{SITE_URL}/c/{SLUG}/thanks?session_id={{CHECKOUT_SESSION_ID}}",
    )  # fmt: skip
    change(services.database, gift, paid_at=NOON, state="paid")
    session_id = gateway.session_of(gift).id
    assert go(services, gift, after=STAYS_OPEN) == f"{SITE_URL}/c/{SLUG}/thanks?session_id={session_id}"


def test_a_secret_donor_has_no_address_at_stripe(services: Services, gateway: FakeGateway, gift: str) -> None:
    change(services.database, gift, visibility="secret", kind="monthly")
    go(services, gift)
    (request,) = gateway.requests.values()
    assert (request.customer_email, request.monthly) == (None, True)


def test_without_an_address_the_way_back_carries_a_key(services: Services, gateway: FakeGateway, gift: str) -> None:
    change(services.database, gift, email=None)
    go(services, gift)
    (request,) = gateway.requests.values()
    assert "?session_id={CHECKOUT_SESSION_ID}&k=" in request.success_url


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (GatewayUnavailableError("down"), "does not answer. Nothing was charged"),
        (GatewayRefusedError("amount_too_small"), "did not accept this gift (amount_too_small)"),
    ],
)
def test_when_stripe_makes_no_page_the_form_can_be_sent_again(
    services: Services,
    gateway: FakeGateway,
    gift: str,
    problem: GatewayUnavailableError | GatewayRefusedError,
    sentence: str,
) -> None:
    gateway.fails.append(problem)
    with pytest.raises(Refusal) as refused:
        go(services, gift)
    assert refused.value.status == 503
    assert sentence in str(refused.value)
    assert go(services, gift) == gateway.session_of(gift).url


@pytest.mark.parametrize(("after", "state"), [(STAYS_OPEN, "pending"), (timedelta(0), "expired")])
def test_a_form_that_is_too_old_leads_nowhere(services: Services, gift: str, after: timedelta, state: str) -> None:
    change(services.database, gift, state=state)
    with pytest.raises(Refusal, match="open too long") as refused:
        go(services, gift, after=after)
    assert refused.value.status == 410


def test_a_page_that_stripe_has_closed_leads_nowhere(services: Services, gateway: FakeGateway, gift: str) -> None:
    go(services, gift)
    gateway.expire_checkout_session(gateway.session_of(gift).id)
    change(services.database, gift, checkout_url=None)
    with pytest.raises(Refusal, match="open too long") as refused:
        go(services, gift)
    assert refused.value.status == 410
