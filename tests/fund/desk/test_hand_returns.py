"""A refund came back, and the treasurer pays the donor by hand: form, look, booking, and taking it back."""

from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from fund.donations.gift_link import gift_link
from fund.donations.models import Donation, HandReturn, Refund
from fund.kit.clock import utc_now
from fund.web.services import Services
from tests.contract.sandbox_client import stripe_client
from tests.factories.campaigns import make_campaign
from tests.factories.donations import give
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.forms import form_to, submit
from tests.people import BOB, add_member, sign_in

pytestmark = sqlite_only

DONOR = "charlie@example.net"


@pytest.fixture
def owed(installation: Installation) -> tuple[str, str]:
    """Gift and refund: 15.00 of the gift came back from the donor's bank."""
    gift = installation.gift(installation.pay_and_book())
    refund = stripe_client(installation.sandbox).v1.refunds.create(params={"charge": gift.charge_id, "amount": 1500})
    installation.work()
    installation.sandbox.post("/_sandbox/refund", {"refund": refund.id, "outcome": "fail"})
    installation.work()
    with installation.database.read() as session:
        return gift.id, session.query(Refund).one().id


def returns(services: Services) -> list[HandReturn]:
    with services.database.read() as session:
        return session.query(HandReturn).order_by(HandReturn.created_at).all()


def test_what_is_owed_is_paid_by_hand_and_the_donor_told_once(
    installation: Installation, treasurer: FlaskClient, owed: tuple[str, str]
) -> None:
    gift, refund = owed
    path = f"/desk/refunds/{refund}/by-hand"
    for page in (f"/desk/gifts/{gift}", "/desk/refunds"):
        assert path in treasurer.get(page).text
    looked = submit(treasurer, path, method="cheque")
    assert "Book this payment to the donor?" in looked.text
    assert "15.00\u00a0CAD</b>, cheque" in looked.text
    assert returns(installation.services) == []
    form = form_to(looked.text, path)
    answers = [treasurer.post(path, data=form.values) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303] * 3
    installation.work()
    page = treasurer.get(f"/desk/gifts/{gift}").text
    assert "owed to the donor" not in page
    assert "failed; nothing is owed any more" in page
    assert "15.00\u00a0CAD, cheque" in page
    assert "47.50\u00a0CAD is left to refund" in page
    assert "did not arrive" not in treasurer.get("/desk/").text
    assert len(returns(installation.services)) == 1
    told = [mail for mail in installation.mail_to(DONOR) if "We have paid" in mail]
    assert len(told) == 1
    assert "by cheque" in told[0]
    figures = installation.figures()
    assert (figures["refunded"], figures["available"]) == (1500, 6250 - 1500 - 211)
    assert "return_by_hand" in treasurer.get("/desk/audit").text
    receipt = treasurer.get(link_of(installation, gift)).text
    assert "and came back to us; paid to you since" in receipt
    assert "Paid back to you by cheque on" in receipt
    assert "we owe you" not in receipt
    assert "47.50\u00a0CAD" in receipt


def link_of(installation: Installation, gift: str) -> str:
    services = installation.services
    with services.database.read() as session:
        return urlsplit(gift_link(services.signer, services.addresses, session.get_one(Donation, gift))).path


def test_a_mistake_is_taken_back_and_the_donor_is_owed_again(
    installation: Installation, treasurer: FlaskClient, owed: tuple[str, str]
) -> None:
    gift, refund = owed
    path = f"/desk/refunds/{refund}/by-hand"
    looked = submit(treasurer, path, method="cash", amount="10")
    assert treasurer.post(path, data=form_to(looked.text, path).values).status_code == 303
    assert "5.00\u00a0CAD is owed to the donor" in treasurer.get(f"/desk/gifts/{gift}").text
    (row,) = returns(installation.services)
    back = f"/desk/returns/{row.id}/reverse"
    assert "Take this payment back?" in treasurer.get(back).text
    assert submit(treasurer, back).headers["Location"] == f"/desk/gifts/{gift}"
    page = treasurer.get(f"/desk/gifts/{gift}").text
    assert "15.00\u00a0CAD is owed to the donor" in page
    assert "taken back on" in page
    again = treasurer.post(back, data={"csrf_token": form_to(looked.text, path).values["csrf_token"]})
    assert again.status_code == 409
    assert "This payment was taken back already." in again.text
    assert installation.figures()["refunded"] == 1500


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": ""}, "Write the amount in digits"),
        ({"amount": "0"}, "Write how much was paid."),
        ({"amount": "-5"}, "Write the amount in digits"),
        ({"amount": "62.51"}, "At most 62.50\u00a0CAD is left to pay by hand."),
        ({"amount": "99999999999999999999"}, "out of range"),
        ({"method": ""}, "Choose how it was paid."),
        ({"method": "<b>"}, "Choose how it was paid."),
        ({"paid_on": "2199-01-01"}, "This day has not come yet."),
        ({"paid_on": "2020-01-01"}, "The gift had not come on that day."),
        ({"paid_on": "yesterday"}, "Write the day as year"),
    ],
)
def test_what_cannot_be_is_said_and_kept(
    desk: FlaskClient, services: Services, typed: dict[str, str], sentence: str
) -> None:
    path = refused(services)
    answer = submit(desk, path, **({"method": "bank"} | typed))
    assert answer.status_code == 422
    assert sentence in answer.text
    form = form_to(answer.text, "")
    assert all(form.values.get(name, "") == value for name, value in typed.items() if name != "method")
    assert returns(services) == []


def test_the_booking_judges_again_what_was_looked_over(desk: FlaskClient, services: Services) -> None:
    path = refused(services)
    looked = form_to(submit(desk, path, method="bank", amount="40").text, path).values
    second = form_to(submit(desk, path, method="bank", amount="40").text, path).values
    assert desk.post(path, data=looked).status_code == 303
    answer = desk.post(path, data=second)
    assert answer.status_code == 422
    assert "At most 22.50\u00a0CAD is left to pay by hand." in answer.text
    assert [row.amount for row in returns(services)] == [4000]


def test_a_refund_that_went_well_is_not_paid_again(desk: FlaskClient, services: Services) -> None:
    path = refused(services, state="succeeded")
    answer = desk.get(path)
    assert answer.status_code == 409
    assert "Only what a refund could not give back is paid by hand." in answer.text


def test_a_french_treasurer_reads_french(desk: FlaskClient, services: Services) -> None:
    path = refused(services)
    page = submit(desk, f"/fr{path}", method="bank", amount="12,50").text
    assert "Inscrire ce versement au donateur\u00a0?" in page
    assert "12,50\u00a0CAD</b>, virement bancaire" in page


@pytest.mark.parametrize("path", ["refunds/{}/by-hand", "returns/{}/reverse"])
def test_what_is_not_there_is_not_found(desk: FlaskClient, path: str) -> None:
    assert desk.get(f"/desk/{path.format('00000000-0000-4000-8000-000000000000')}").status_code == 404


def test_a_member_without_the_permission_sees_none_of_it(client: FlaskClient, services: Services) -> None:
    path = refused(services)
    sign_in(client, services.database, add_member(services.database, BOB))
    assert client.get(path).status_code == 403


def refused(services: Services, *, state: str = "refused") -> str:
    """The form of a refund of a whole gift of 62.50 that Stripe refused."""
    gift = give(services, make_campaign(services.database))
    row = Refund(
        donation_id=gift, amount=6250, currency="CAD", state=state, origin="desk", created_at=utc_now(),
    )  # fmt: skip
    with services.database.write() as session:
        session.add(row)
        session.flush()
        return f"/desk/refunds/{row.id}/by-hand"
