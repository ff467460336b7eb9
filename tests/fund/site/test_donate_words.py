"""What a donor may write, and to whom it is passed on."""

import pytest
from flask.testing import FlaskClient

from fund.db.session import Database
from fund.web.limits import limiter
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only
from tests.fund.site.test_donate import FORM, donations, give, nonce

pytestmark = sqlite_only


@pytest.mark.parametrize(
    ("visibility", "passed_on"),
    [("secret", None), ("hidden", "charlie@example.net"), ("public", "charlie@example.net")],
)
def test_the_address_of_a_secret_gift_is_not_passed_to_stripe(
    client: FlaskClient, database: Database, gateway: FakeGateway, visibility: str, passed_on: str | None
) -> None:
    make_campaign(database)
    assert give(client, visibility=visibility, display_name="C.", email="charlie@example.net").status_code == 303
    assert donations(database)[0].email == "charlie@example.net"
    assert [request.customer_email for request in gateway.requests.values()] == [passed_on]


def test_the_form_and_the_privacy_page_say_so(client: FlaskClient, database: Database) -> None:
    make_campaign(database)
    assert "We pass it to Stripe" in client.get(FORM).text
    row = client.get("/privacy").text.split("Your e-mail address</th>")[1].split("</tr>")[0]
    assert [cell.count("Stripe") for cell in row.split("<td>")[1:]] == [1, 1, 1]


@pytest.mark.parametrize("name", ["\u200b", "\u2060\ufeff", "\u00ad", "\u200d", "\u3164", "\u0301", " . ", "\x00"])
def test_a_public_name_can_be_seen(client: FlaskClient, database: Database, name: str) -> None:
    make_campaign(database)
    answer = give(client, visibility="public", display_name=name)
    assert answer.status_code == 422
    assert "Write the name that the public may see" in answer.text
    assert donations(database) == []


@pytest.mark.parametrize(
    "address", ["zo\u00e9@ex\u00e4mple.org", "a b@example.org", "charlie@example", "x" * 65 + "@example.org"]
)
def test_an_address_that_no_mail_can_be_sent_to_is_refused(
    client: FlaskClient, database: Database, address: str
) -> None:
    make_campaign(database)
    answer = give(client, email=address)
    assert answer.status_code == 422
    assert "This is not an e-mail address. It looks like name@example.org." in answer.text
    assert donations(database) == []


def test_the_same_form_sent_again_counts_once(client: FlaskClient, database: Database, services: Services) -> None:
    make_campaign(database)
    object.__setattr__(services.settings, "give_limit", "2/minute")
    limiter.reset()
    same = nonce(client)
    assert [give(client, nonce=same).status_code for _ in range(4)] == [303] * 4
    assert [give(client).status_code for _ in range(2)] == [303, 429]
    assert len(donations(database)) == 2
    limiter.reset()


def test_only_who_is_refused_is_told_to_wait(client: FlaskClient, database: Database, services: Services) -> None:
    make_campaign(database)
    object.__setattr__(services.settings, "give_limit", "1/minute")
    limiter.reset()
    answers = [give(client), give(client, amount=""), give(client)]
    assert [answer.status_code for answer in answers] == [303, 422, 429]
    assert ["Retry-After" in answer.headers for answer in answers] == [False, False, True]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert not any(name.startswith("X-RateLimit") for answer in answers for name, _ in answer.headers)
    form = {"email": "charlie@example.net"}
    assert "Retry-After" not in client.post(f"/c/{SLUG}/follow", data=form).headers
    limiter.reset()
