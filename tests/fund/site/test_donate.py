import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from time_machine import travel
from werkzeug.test import TestResponse

from fund.db.session import Database
from fund.donations.models import Donation
from fund.payments.gateway import GatewayUnavailableError
from fund.web.limits import limiter
from fund.web.services import Services
from tests.factories.campaigns import SLUG, end_campaign, make_campaign
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only
from tests.fixtures.services import SITE_URL

pytestmark = sqlite_only
FORM = f"/c/{SLUG}/donate"


@pytest.fixture
def campaign_id(database: Database) -> int:
    return make_campaign(database)


def nonce(client: FlaskClient, path: str = FORM) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def give(client: FlaskClient, path: str = FORM, **fields: str) -> TestResponse:
    """Send the form as a browser on our page would."""
    sent = {"amount": "62.50", "visibility": "hidden", "frequency": "once", **fields}
    if "nonce" not in sent:
        sent["nonce"] = nonce(client, path)
    headers = {"Origin": SITE_URL, "Sec-Fetch-Site": "same-origin"}
    return client.post(path, data=sent, headers=headers)


def donations(database: Database) -> list[Donation]:
    with database.read() as session:
        return list(session.scalars(select(Donation)))


@pytest.mark.usefixtures("campaign_id")
def test_a_gift_leads_to_the_payment_page(client: FlaskClient, database: Database, gateway: FakeGateway) -> None:
    answer = give(client, email="charlie@example.net", message="For the jazz section.", ref="banner")
    assert answer.status_code == 303
    assert answer.location in {session.url for session in gateway.sessions.values()}
    assert answer.headers["Cache-Control"] == "no-store"
    (gift,) = donations(database)
    assert (gift.amount, gift.currency, gift.state, gift.visibility) == (6250, "CAD", "pending", "hidden")
    assert (gift.email, gift.message_state, gift.ref) == ("charlie@example.net", "held", "banner")


@pytest.mark.usefixtures("campaign_id")
def test_nothing_personal_goes_into_addresses(client: FlaskClient, gateway: FakeGateway) -> None:
    give(client, email="charlie@example.net", visibility="public", display_name="Charlie")
    (request,) = gateway.requests.values()
    assert "harlie" not in request.success_url + request.cancel_url
    assert request.cancel_url == f"{SITE_URL}{FORM}"


@pytest.mark.usefixtures("campaign_id")
def test_the_form_takes_the_amount_of_the_box_and_is_kept_nowhere(client: FlaskClient) -> None:
    answer = client.get(f"{FORM}?amount=62.50&other=80")
    assert 'name="amount" value="80"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'name="amount" value="62.50"' in client.get(f"{FORM}?amount=62.50&other=").text


@pytest.mark.usefixtures("campaign_id")
def test_nobody_is_made_public_by_not_choosing(client: FlaskClient) -> None:
    assert 'value="hidden" checked' in client.get(FORM).text
    assert 'value="public" checked' not in client.get(FORM).text


@pytest.mark.usefixtures("campaign_id")
@pytest.mark.parametrize(
    "amount",
    [
        "",
        " ",
        "0",
        "-5",
        "NaN",
        "1e3",
        "0.001",
        "62.505",
        "999999999",
        "9" * 400,
        "６２",
        "62,50",
        "$62",
        "6 2",
        "1.2.3",
        "٦٢",
    ],
)
def test_an_amount_that_cannot_be_read_comes_back_with_everything_kept(
    client: FlaskClient, database: Database, amount: str
) -> None:
    answer = give(
        client,
        amount=amount,
        email="charlie@example.net",
        visibility="public",
        display_name='<b>Charlie"',
        message="A word",
    )
    assert answer.status_code == 422
    assert 'aria-describedby="f-amount-error f-amount-hint" aria-invalid="true"' in answer.text
    assert 'value="&lt;b&gt;Charlie&#34;"' in answer.text
    assert 'value="charlie@example.net"' in answer.text
    assert 'value="public" checked' in answer.text
    assert "A word" in answer.text
    assert donations(database) == []


@pytest.mark.usefixtures("campaign_id")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "charlie@"),
        ("email", "a@example.org\r\nBcc: b@example.org"),
        ("email", "x" * 300 + "@example.org"),
        ("visibility", ""),
        ("visibility", "everybody"),
        ("display_name", "x" * 10_000),
        ("message", "x" * 10_000),
    ],
)
def test_what_is_refused_is_said_beside_its_field(
    client: FlaskClient, database: Database, field: str, value: str
) -> None:
    answer = give(client, **{"visibility": "public", "display_name": "Charlie", field: value})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert donations(database) == []


@pytest.mark.usefixtures("campaign_id")
def test_a_name_loses_control_characters_and_direction_marks(client: FlaskClient, database: Database) -> None:
    assert give(client, visibility="public", display_name="Char\u202elie\x00 \n Roy").status_code == 303
    assert donations(database)[0].display_name == "Charlie Roy"


@pytest.mark.usefixtures("campaign_id")
@pytest.mark.parametrize("stop", [True, False])
def test_a_monthly_gift_asks_stripe_for_one(
    client: FlaskClient, database: Database, gateway: FakeGateway, stop: object
) -> None:
    assert give(client, frequency="monthly", **({"stop_at_target": "1"} if stop else {})).status_code == 303
    (request,) = gateway.requests.values()
    assert (request.monthly, request.stop_at_target) == (True, stop)
    (gift,) = donations(database)
    assert (gift.kind, gift.stop_at_target) == ("monthly", stop)


@pytest.mark.usefixtures("campaign_id")
def test_a_gift_given_once_stops_at_nothing(client: FlaskClient, gateway: FakeGateway) -> None:
    assert give(client, frequency="once", stop_at_target="1").status_code == 303
    (request,) = gateway.requests.values()
    assert (request.monthly, request.stop_at_target) == (False, False)


@pytest.mark.usefixtures("campaign_id")
def test_how_often_must_be_a_choice(client: FlaskClient, database: Database) -> None:
    answer = give(client, frequency="hourly")
    assert answer.status_code == 422
    assert 'id="f-frequency-error"' in answer.text
    assert donations(database) == []


@pytest.mark.usefixtures("campaign_id")
def test_the_box_hands_over_how_often_and_the_form_keeps_what_was_chosen(client: FlaskClient) -> None:
    page = client.get(f"{FORM}?amount=62.50&frequency=monthly").text
    assert 'name="frequency" value="monthly" checked' in page
    assert 'name="stop_at_target" value="1" checked' in page
    assert 'name="frequency" value="once" checked' in client.get(f"{FORM}?frequency=x").text
    again = give(client, amount="x", frequency="monthly", cover_fee="1").text
    assert 'name="frequency" value="monthly" checked' in again
    assert 'name="stop_at_target" value="1" checked' not in again
    assert 'name="cover_fee" value="1" checked' in again


@pytest.mark.usefixtures("campaign_id")
def test_the_fee_is_shown_before_and_worked_out_again(
    client: FlaskClient, database: Database, gateway: FakeGateway
) -> None:
    page = client.get(f"{FORM}?amount=62.50").text
    assert "Add 2.18 so that the whole 62.50 reaches the fund" in page
    assert "You then pay 64.68\xa0CAD." in page
    assert "Add the processing fee" in client.get(FORM).text
    assert give(client, amount="100", cover_fee="1").status_code == 303
    (gift,) = donations(database)
    assert (gift.amount, gift.fee_covered) == (10330, 330)
    (request,) = gateway.requests.values()
    assert request.amount == 10330


@pytest.mark.usefixtures("campaign_id")
def test_the_fee_helps_no_gift_over_the_minimum_or_the_maximum(client: FlaskClient, database: Database) -> None:
    assert give(client, amount="4.90", cover_fee="1").status_code == 422
    assert give(client, amount="999999.99", cover_fee="1").status_code == 422
    assert donations(database) == []


@pytest.mark.usefixtures("campaign_id")
def test_the_same_amount_with_and_without_the_fee_are_two_gifts(client: FlaskClient, database: Database) -> None:
    form = nonce(client)
    give(client, nonce=form, amount="100", cover_fee="1")
    give(client, nonce=form, amount="103.30")
    assert sorted((gift.amount, gift.fee_covered) for gift in donations(database)) == [(10330, 0), (10330, 330)]


@pytest.mark.usefixtures("campaign_id")
def test_only_a_donor_without_an_address_comes_back_with_a_key(client: FlaskClient, gateway: FakeGateway) -> None:
    give(client, email="charlie@example.net")
    give(client, email="")
    with_address, without = gateway.requests.values()
    assert "&k=" not in with_address.success_url
    assert "&k=" in without.success_url


@pytest.mark.usefixtures("campaign_id")
def test_french_amounts_take_a_comma_and_refusals_speak_french(client: FlaskClient, database: Database) -> None:
    assert give(client, f"/fr{FORM}", amount="1 062,50").status_code == 303
    assert donations(database)[0].amount == 106_250
    refused = give(client, f"/fr{FORM}", amount="beaucoup")
    assert "Écrivez le montant en chiffres" in refused.text


@pytest.mark.usefixtures("campaign_id")
def test_a_double_click_and_the_back_button_make_one_gift(
    client: FlaskClient, database: Database, gateway: FakeGateway
) -> None:
    same = nonce(client)
    first, second = give(client, nonce=same), give(client, nonce=same)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(donations(database)) == len(gateway.sessions) == 1


@pytest.mark.usefixtures("campaign_id")
def test_a_corrected_form_is_still_the_same_visit(client: FlaskClient) -> None:
    given_out = nonce(client)
    refused = give(client, nonce=given_out, amount="")
    assert f'name="nonce" value="{given_out}"' in refused.text


@pytest.mark.usefixtures("campaign_id")
@pytest.mark.parametrize("made_up", ["", "abc", "Imdlc3Mi.aaaa.bbbb"])
def test_a_form_we_did_not_give_out_comes_back_with_a_good_nonce(
    client: FlaskClient, database: Database, made_up: str
) -> None:
    answer = give(client, nonce=made_up)
    assert answer.status_code == 422
    assert "This form has been open too long." in answer.text
    assert 'value="62.50"' in answer.text
    renewed = re.search(r'name="nonce" value="([^"]+)"', answer.text)
    assert renewed
    assert give(client, nonce=renewed[1]).status_code == 303
    assert len(donations(database)) == 1


@pytest.mark.usefixtures("campaign_id")
def test_a_form_of_yesterday_is_asked_for_once_more(client: FlaskClient) -> None:
    with travel(datetime(2026, 11, 1, 8, tzinfo=UTC), tick=False):
        old = nonce(client)
    with travel(datetime(2026, 11, 2, 8, tzinfo=UTC), tick=False):
        assert give(client, nonce=old).status_code == 422


def test_a_campaign_that_closed_meanwhile_refuses_on_the_server(
    client: FlaskClient, database: Database, campaign_id: int
) -> None:
    open_form = nonce(client)
    end_campaign(database, campaign_id, now=datetime.now(UTC))
    answer = give(client, nonce=open_form)
    assert answer.status_code == 409
    assert "takes no more gifts" in answer.text
    assert donations(database) == []
    assert client.get(FORM).status_code == 409


@pytest.mark.usefixtures("campaign_id")
def test_when_stripe_is_silent_the_form_stays_and_leads_to_the_same_gift(
    client: FlaskClient, database: Database, gateway: FakeGateway
) -> None:
    gateway.fails = [GatewayUnavailableError()]
    same = nonce(client)
    answer = give(client, nonce=same, email="charlie@example.net")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "does not answer" in answer.text
    assert 'value="charlie@example.net"' in answer.text
    assert give(client, nonce=same, email="charlie@example.net").status_code == 303
    assert len(donations(database)) == 1


@pytest.mark.usefixtures("campaign_id")
def test_other_sites_cannot_send_the_form(client: FlaskClient, database: Database) -> None:
    form = {"amount": "62.50", "visibility": "hidden", "nonce": nonce(client)}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert client.post(FORM, data=form, headers=headers).status_code == 403
    assert donations(database) == []


@pytest.mark.usefixtures("campaign_id")
def test_only_gifts_that_reach_stripe_count_against_the_limit(
    client: FlaskClient, services: Services, database: Database
) -> None:
    object.__setattr__(services.settings, "give_limit", "2/minute")
    limiter.reset()
    for _ in range(4):
        assert give(client, amount="").status_code == 422
    assert [give(client).status_code for _ in range(3)] == [303, 303, 429]
    refused = give(client, email="charlie@example.net")
    assert int(refused.headers["Retry-After"]) > 0
    assert 'value="charlie@example.net"' in refused.text
    assert client.get(FORM).status_code == 200
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Donation)) == 2
    limiter.reset()


@pytest.mark.parametrize(("currency", "amount", "minor"), [("JPY", "1,500", 1500), ("KWD", "6.250", 6250)])
def test_minor_units_are_the_currencys(
    client: FlaskClient, database: Database, currency: str, amount: str, minor: int
) -> None:
    make_campaign(database, currency=currency, organiser_share=0)
    assert give(client, amount=amount).status_code == 303
    assert donations(database)[0].amount == minor


def test_yen_have_no_cents(client: FlaskClient, database: Database) -> None:
    make_campaign(database, currency="JPY", organiser_share=0)
    assert "JPY has no amounts that fine." in give(client, amount="1500.5").text
