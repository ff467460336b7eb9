from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from time_machine import travel

from fund.db.session import Database
from fund.donations.gift_link import gift_token
from fund.donations.models import Donation
from fund.donations.thanks_key import thanks_key
from fund.kit.clock import utc_now
from fund.web.services import Services
from fund.worker.look_again import look_at_checkout
from tests.factories.campaigns import SLUG, make_campaign
from tests.factories.donations import settle, start_gift
from tests.fakes.gateway import FakeGateway
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only
PAGE = f"/c/{SLUG}/thanks"


@pytest.fixture
def gift(services: Services, database: Database) -> str:
    return start_gift(services, make_campaign(database), email="charlie@example.net", display_name="Charlie Roy")


def session_of(database: Database, donation_id: str) -> str:
    with database.read() as session:
        return session.get_one(Donation, donation_id).checkout_session_id or ""


def test_it_thanks_only_when_the_money_is_ours(
    client: FlaskClient, services: Services, database: Database, gateway: FakeGateway, gift: str
) -> None:
    address = f"{PAGE}?session_id={session_of(database, gift)}"
    before = client.get(address)
    assert "Your gift is being confirmed" in before.text
    assert before.headers["Refresh"].startswith("3; url=/c/four-labels/thanks?")
    gateway.pay(session_of(database, gift))
    settle(services, gift)
    after = client.get(address)
    assert "Thank you. Your gift is in." in after.text
    assert "Refresh" not in after.headers
    assert "<b>62.50</b>" in after.text


def test_it_waits_for_the_fee_and_says_so(
    client: FlaskClient, services: Services, database: Database, gateway: FakeGateway, gift: str
) -> None:
    gateway.pay(session_of(database, gift), with_fee=False)
    settle(services, gift)
    page = client.get(f"{PAGE}?session_id={session_of(database, gift)}")
    assert "Your payment went through." in page.text
    assert "<b>0.00</b>" in page.text


def test_a_bank_debit_is_on_its_way_for_days(
    client: FlaskClient, services: Services, database: Database, gateway: FakeGateway, gift: str
) -> None:
    gateway.start_debit(session_of(database, gift))
    settle(services, gift)
    page = client.get(f"{PAGE}?session_id={session_of(database, gift)}")
    assert "A bank debit takes a few days." in page.text
    assert "Refresh" not in page.headers


def test_a_visit_that_ended_without_a_payment(
    client: FlaskClient, services: Services, database: Database, gateway: FakeGateway, gift: str
) -> None:
    gateway.expire_checkout_session(session_of(database, gift))
    settle(services, gift)
    assert "This gift was not completed" in client.get(f"{PAGE}?session_id={session_of(database, gift)}").text


def test_it_tells_nothing_personal_to_whoever_opens_it(client: FlaskClient, database: Database, gift: str) -> None:
    page = client.get(f"{PAGE}?session_id={session_of(database, gift)}")
    assert "harlie" not in page.text
    assert "62.50" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("gift")
@pytest.mark.parametrize("asked", ["", "?session_id=", "?session_id=cs_test_none", "?session_id=%00'%22<b>"])
def test_an_unknown_visit_is_a_calm_404(client: FlaskClient, asked: str) -> None:
    answer = client.get(f"{PAGE}{asked}")
    assert answer.status_code == 404
    assert "We know of no such gift" in answer.text


def test_a_gift_of_another_campaign_is_unknown_here(client: FlaskClient, database: Database, gift: str) -> None:
    make_campaign(database, slug="other")
    assert client.get(f"/c/other/thanks?session_id={session_of(database, gift)}").status_code == 404


def test_looking_again_ends(client: FlaskClient, database: Database, gift: str) -> None:
    address = f"{PAGE}?session_id={session_of(database, gift)}"
    assert "n=20" in client.get(f"{address}&n=19").headers["Refresh"]
    assert "Refresh" not in client.get(f"{address}&n=20").headers
    assert "Look again now" in client.get(f"{address}&n=20").text
    assert "n=1" in client.get(f"{address}&n=%F0%9F").headers["Refresh"]


def test_a_waiting_donor_has_stripe_asked_when_no_webhook_comes(  # noqa: PLR0917  fixtures
    client: FlaskClient, services: Services, database: Database, gateway: FakeGateway, queue: FakeQueue, gift: str
) -> None:
    session_id = session_of(database, gift)
    gateway.pay(session_id)
    for looks in range(5):
        client.get(f"{PAGE}?session_id={session_id}&n={looks}")
    assert queue.enqueued.count(("look_at_checkout", (gift,))) == 1
    look_at_checkout(services, gift, utc_now())
    assert "Thank you. Your gift is in." in client.get(f"{PAGE}?session_id={session_id}&n=9").text
    assert queue.enqueued.count(("look_at_checkout", (gift,))) == 1


@pytest.fixture
def nameless(services: Services, database: Database, gateway: FakeGateway) -> str:
    donation_id = start_gift(services, make_campaign(database))
    gateway.pay(session_of(database, donation_id))
    settle(services, donation_id)
    return donation_id


def key_of(services: Services, donation_id: str) -> str:
    with services.database.read() as session:
        return thanks_key(services.signer, session.get_one(Donation, donation_id))


def test_without_an_address_the_way_to_the_gift_is_shown_for_two_hours(
    client: FlaskClient, services: Services, database: Database, nameless: str
) -> None:
    link = f"/gift/{gift_token(services.signer, nameless)}"
    address = f"{PAGE}?session_id={session_of(database, nameless)}"
    assert link not in client.get(address).text
    keyed = f"{address}&k={key_of(services, nameless)}"
    assert link in client.get(keyed).text
    with travel(utc_now() + timedelta(hours=2, seconds=1)):
        late = client.get(keyed)
    assert link not in late.text
    assert "Thank you. Your gift is in." in late.text


def test_a_key_that_is_forged_or_of_another_gift_shows_no_way(
    client: FlaskClient, services: Services, database: Database, nameless: str
) -> None:
    with database.read() as session:
        campaign_id = session.get_one(Donation, nameless).campaign_id
    other = start_gift(services, campaign_id)
    address = f"{PAGE}?session_id={session_of(database, nameless)}"
    good = key_of(services, nameless)
    keys = (key_of(services, other), good[:-1], f"{good}x", gift_token(services.signer, nameless), "", "%00")
    for key in (*keys, services.signer.sign("thanks", "x")):
        answer = client.get(f"{address}&k={key}")
        assert answer.status_code == 200
        assert "/gift/" not in answer.text


def test_looking_again_keeps_the_key(client: FlaskClient, services: Services, database: Database) -> None:
    donation_id = start_gift(services, make_campaign(database))
    key = key_of(services, donation_id)
    answer = client.get(f"{PAGE}?session_id={session_of(database, donation_id)}&k={key}")
    assert f"&k={key}&n=1" in answer.headers["Refresh"]


def test_with_an_address_the_link_goes_by_mail_only(services: Services, gift: str) -> None:
    assert key_of(services, gift) == ""
