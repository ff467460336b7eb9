"""A monthly gift in its donor's hands, with the processor played by the fake."""

import pytest
from flask.testing import FlaskClient

from fund.db.session import Database
from fund.donations.gift_link import gift_token
from fund.donations.models import Donation, MonthlyGift
from fund.donations.settle_subscription import settle_subscription
from fund.kit.clock import utc_now
from fund.payments.facts import Subscription
from fund.payments.gateway import GatewayRefusedError, GatewayUnavailableError
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.donations import start_gift
from tests.fakes.gateway import SITE, FakeGateway
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


@pytest.fixture
def path(services: Services, gateway: FakeGateway, database: Database) -> str:
    donation_id = start_gift(services, make_campaign(database), email="charlie@example.net")
    gateway.subscriptions["sub_1"] = Subscription(
        id="sub_1",
        status="active",
        customer_id="cus_1",
        amount=6250,
        currency="CAD",
        metadata={"site": SITE, "donation": donation_id, "stop_at_target": "1"},
        cancel_at_period_end=False,
        current_period_end=utc_now(),
        ended_at=None,
    )
    with database.write() as session:
        settle_subscription(session, subscription=gateway.subscriptions["sub_1"], site=SITE, now=utc_now())
        session.get_one(Donation, donation_id).kind = "monthly"
    return f"/gift/{gift_token(services.signer, donation_id)}"


def monthly(database: Database) -> MonthlyGift:
    with database.read() as session:
        return session.query(MonthlyGift).one()


def test_the_page_says_how_much_when_next_and_when_it_ends(client: FlaskClient, path: str) -> None:
    text = client.get(path).text
    assert "Your monthly gift" in text
    assert "62.50\xa0CAD" in text
    assert "when the campaign has what it asked for, or closes" in text


def test_the_way_to_stripes_page(client: FlaskClient, path: str) -> None:
    answer = client.post(f"{path}/portal")
    assert (answer.status_code, answer.location) == (303, "http://127.0.0.1:1/p/session/cus_1")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_policy_lets_a_form_lead_to_stripes_pages(client: FlaskClient, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "form-action 'self' https://checkout.stripe.com https://billing.stripe.com;" in policy


@pytest.mark.parametrize("form", ["portal", "stop"])
@pytest.mark.parametrize("problem", [GatewayUnavailableError("Timeout"), GatewayRefusedError("resource_missing")])
def test_when_stripe_does_not_answer_nothing_changes(
    client: FlaskClient, gateway: FakeGateway, path: str, form: str, problem: GatewayUnavailableError
) -> None:
    gateway.fails.append(problem)
    answer = client.post(f"{path}/{form}")
    assert answer.status_code == 503
    assert "Nothing was changed" in answer.text
    assert gateway.subscriptions["sub_1"].status == "active"
    assert "Your monthly gift has ended" not in client.get(path).text


def test_it_asks_first_and_then_ends_at_once(
    client: FlaskClient, gateway: FakeGateway, database: Database, path: str
) -> None:
    assert "Nothing has changed yet." in client.get(f"{path}/stop").text
    assert client.head(f"{path}/stop").status_code == 200
    assert monthly(database).ended_at is None
    answer = client.post(f"{path}/stop")
    assert (answer.status_code, answer.location) == (303, f"{path}?done=stopped")
    assert gateway.subscriptions["sub_1"].status == "canceled"
    assert monthly(database).ended_at is not None
    page = client.get(answer.location).text
    assert "Your monthly gift has ended." in page
    assert "It ended on" in page
    assert client.post(f"{path}/stop").status_code == 409
    assert client.post(f"{path}/portal").status_code == 409


def test_an_end_asked_for_at_stripe_is_shown(
    client: FlaskClient, gateway: FakeGateway, database: Database, path: str
) -> None:
    with database.write() as session:
        row = session.query(MonthlyGift).one()
        row.ends_at, row.status = row.next_at, "past_due"
    text = client.get(path).text
    assert "without another payment" in text
    assert "The last payment did not go through." in text
    assert gateway.fails == []


def test_a_gift_given_once_has_no_such_forms(client: FlaskClient, services: Services, database: Database) -> None:
    path = f"/gift/{gift_token(services.signer, start_gift(services, make_campaign(database)))}"
    assert "Your monthly gift" not in client.get(path).text
    assert client.get(f"{path}/stop").status_code == 409
    assert client.post(f"{path}/portal").status_code == 409
