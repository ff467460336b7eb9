"""The donor's own page: what it tells, what may be changed there, and that nobody else gets in."""

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from time_machine import travel

from fund.db.session import Database
from fund.donations.gift_link import gift_token
from fund.donations.models import Donation
from fund.donations.write_to_donor import write_to_donor
from fund.kit.clock import utc_now
from fund.mail.models import Delivery, MailBody
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign
from tests.factories.donations import settle, start_gift
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only
from tests.fixtures.services import SITE_URL

pytestmark = sqlite_only


@pytest.fixture
def campaign_id(database: Database) -> int:
    return make_campaign(database)


@pytest.fixture
def pending(services: Services, campaign_id: int) -> str:
    return start_gift(
        services, campaign_id, email="charlie@example.net", display_name="Charlie Roy", message="Hold on!\n\n<b>Now</b>"
    )


@pytest.fixture
def paid(services: Services, gateway: FakeGateway, pending: str) -> str:
    gateway.pay(gateway.session_of(pending).id)
    settle(services, pending)
    return pending


def page_of(services: Services, donation_id: str) -> str:
    return f"/gift/{gift_token(services.signer, donation_id)}"


def row(database: Database, donation_id: str) -> Donation:
    with database.read() as session:
        return session.get_one(Donation, donation_id)


def test_it_is_the_receipt_and_kept_nowhere(client: FlaskClient, services: Services, paid: str) -> None:
    answer = client.get(page_of(services, paid))
    assert answer.status_code == 200
    for words in ("This gift is paid", "62.50\xa0CAD", "In public as Charlie Roy", "It goes back to you.", "not a tax"):
        assert words in answer.text
    assert "&lt;b&gt;Now&lt;/b&gt;" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Set-Cookie" not in answer.headers


def test_it_speaks_french_under_fr(client: FlaskClient, services: Services, paid: str) -> None:
    text = client.get(f"/fr{page_of(services, paid)}").text
    assert "Ce don est payé" in text
    assert "62,50\xa0CAD" in text


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token + "x",
        lambda token: token.split(".")[0],
        lambda _token: "x",
        lambda token: "IjEi" + token[4:],
    ],
)
def test_a_link_that_we_did_not_make_is_a_calm_404(
    client: FlaskClient, services: Services, paid: str, spoil: object
) -> None:
    token = spoil(gift_token(services.signer, paid))  # type: ignore[operator]
    for path in (f"/gift/{token}", f"/gift/{token}.pdf", f"/gift/{token}/receipt.pdf", f"/gift/{token}/stop"):
        assert client.get(path).status_code == 404, path
    for form in ("visibility", "message", "receipt", "portal", "stop"):
        assert client.post(f"/gift/{token}/{form}").status_code == 404, form


def test_tokens_of_another_purpose_and_of_gifts_that_are_gone_open_nothing(
    client: FlaskClient, services: Services, paid: str
) -> None:
    for token in (
        services.signer.sign("follow", paid),
        services.signer.sign("gift", "00000000-0000-4000-8000-000000000000"),
        services.signer.sign("gift", ["not", "an", "id"]),
        services.signer.sign("gift", 1),
    ):
        assert client.get(f"/gift/{token}").status_code == 404


def test_the_id_alone_opens_nothing(client: FlaskClient, database: Database, paid: str) -> None:
    assert client.get(f"/gift/{paid}").status_code == 404
    assert client.get(f"/gift/{row(database, paid).checkout_session_id}").status_code == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/gift/{token}.pdf", ["62.50", "CAD", "Charlie Roy"]),
        ("/gift/{token}/receipt.pdf", ["62.50"]),
        ("/fr/gift/{token}.pdf", ["62,50", "reçu fiscal"]),
    ],
)
def test_the_pdf_says_the_same(client: FlaskClient, services: Services, paid: str, path: str, words: list[str]) -> None:
    answer = client.get(path.format(token=gift_token(services.signer, paid)))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    document = PdfReader(io.BytesIO(answer.data))
    assert len(document.pages) == 1
    text = document.pages[0].extract_text()
    assert [word for word in words if word not in text] == []
    assert row(services.database, paid).id[:8].upper() in text
    assert document.metadata is not None
    assert "Charlie" not in str(document.metadata)


def test_before_it_is_paid_there_is_no_receipt(client: FlaskClient, services: Services, pending: str) -> None:
    page = client.get(page_of(services, pending))
    assert "This gift is not paid yet" in page.text
    assert "tax receipt" not in page.text
    assert client.get(f"{page_of(services, pending)}.pdf").status_code == 409
    assert client.post(f"{page_of(services, pending)}/receipt").status_code == 409


def test_states_are_said_in_words(client: FlaskClient, services: Services, database: Database, pending: str) -> None:
    said = {}
    for state in ("failed", "expired", "disputed", "refunded"):
        with database.write() as session:
            gift = session.get_one(Donation, pending)
            gift.state = state
            gift.paid_at = utc_now() if state in ("disputed", "refunded") else None
        said[state] = client.get(page_of(services, pending)).text
    assert "This gift did not come through" in said["failed"]
    assert "This gift was not completed" in said["expired"]
    assert "Your bank has asked for this gift back" in said["disputed"]
    assert "This gift went back to you" in said["refunded"]
    assert "How you appear" not in said["failed"] + said["expired"]


def test_the_donor_hides_and_the_page_follows(
    client: FlaskClient, services: Services, database: Database, paid: str
) -> None:
    assert "Charlie Roy" in client.get(f"/c/{SLUG}").text
    path = page_of(services, paid)
    answer = client.post(f"{path}/visibility", data={"visibility": "hidden", "display_name": "Charlie Roy"})
    assert (answer.status_code, answer.location) == (303, f"{path}?done=visibility")
    assert "Changed." in client.get(answer.location).text
    assert "Charlie Roy" not in client.get(f"/c/{SLUG}").text
    assert row(database, paid).visibility == "hidden"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"visibility": "public", "display_name": ""}, "display_name"),
        ({"visibility": "nobody", "display_name": "Charlie"}, "visibility"),
        ({"visibility": "public", "display_name": "x" * 10_000}, "display_name"),
    ],
)
def test_a_choice_that_cannot_be_is_said_beside_its_field(
    client: FlaskClient, services: Services, paid: str, typed: dict[str, str], field: str
) -> None:
    answer = client.post(f"{page_of(services, paid)}/visibility", data=typed)
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert f'value="{typed["display_name"]}"' in answer.text
    assert row(services.database, paid).display_name == "Charlie Roy"


def test_a_gift_that_never_came_is_not_changed(
    client: FlaskClient, services: Services, database: Database, pending: str
) -> None:
    with database.write() as session:
        session.get_one(Donation, pending).state = "expired"
    answer = client.post(f"{page_of(services, pending)}/visibility", data={"visibility": "hidden"})
    assert answer.status_code == 409
    assert "nothing to show or to hide" in answer.text


def test_the_message_is_taken_back(client: FlaskClient, services: Services, database: Database, paid: str) -> None:
    path = page_of(services, paid)
    for _ in range(2):
        assert client.post(f"{path}/message").status_code == 303
    assert row(database, paid).message is None
    assert "Hold on!" not in client.get(path).text


def test_forms_of_other_sites_change_nothing(
    client: FlaskClient, services: Services, database: Database, paid: str
) -> None:
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post(f"{page_of(services, paid)}/message", headers=headers).status_code == 403
    assert row(database, paid).message == "Hold on!\n\n<b>Now</b>"


def test_the_receipt_goes_again_every_ten_minutes_to_the_address_given(
    client: FlaskClient, services: Services, database: Database, paid: str
) -> None:
    with database.write() as session:
        write_to_donor(
            session, services.queue, services.sender, services.addresses, services.signer,
            donation_id=paid, message="receipt", now=utc_now() - timedelta(minutes=11),
        )  # fmt: skip
    path = f"{page_of(services, paid)}/receipt"
    assert client.post(path).status_code == 303
    again = client.post(path)
    assert (again.status_code, again.headers["Retry-After"]) == (429, "600")
    assert "Wait ten minutes" in again.text
    with travel(utc_now() + timedelta(minutes=10, seconds=1)):
        assert client.post(path).status_code == 303
    with database.read() as session:
        sent = session.execute(select(Delivery.address, MailBody.text).join(MailBody)).all()
    assert {address for address, _ in sent} == {"charlie@example.net"}
    assert len(sent) == 3
    assert all(f"{SITE_URL}{page_of(services, paid)}" in text for _, text in sent)


def test_without_an_address_nothing_is_sent(
    client: FlaskClient, services: Services, gateway: FakeGateway, campaign_id: int
) -> None:
    gift = start_gift(services, campaign_id)
    gateway.pay(gateway.session_of(gift).id)
    settle(services, gift)
    assert "Send it to me again" not in client.get(page_of(services, gift)).text
    assert client.post(f"{page_of(services, gift)}/receipt").status_code == 409
