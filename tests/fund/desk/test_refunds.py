"""Refunds from a gift's page to Stripe and back, and everything that is said no to."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.db.session import Database
from fund.donations.models import Donation, Refund
from fund.kit.clock import utc_now
from fund.web.services import Services
from tests.contract.sandbox_client import stripe_client
from tests.factories.campaigns import make_campaign
from tests.factories.donations import give, start_gift
from tests.fakes.gateway import FakeGateway
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.forms import forms_of, submit
from tests.people import BOB, add_member, sign_in

pytestmark = sqlite_only


def rows(database: Database) -> list[tuple[str, int, str]]:
    with database.read() as session:
        return [(row.state, row.amount, row.origin) for row in session.scalars(select(Refund).order_by(Refund.amount))]


@pytest.fixture
def gift(services: Services, gateway: FakeGateway) -> str:
    """Of 62.50 CAD, of which the processor kept 2.11."""
    gateway.fee = 211
    return give(services, make_campaign(services.database), display_name="Charlie")


def test_part_of_a_gift_goes_back_once_and_the_donor_is_told(
    installation: Installation, treasurer: FlaskClient
) -> None:
    session_id = installation.pay_and_book()
    path = f"/desk/gifts/{installation.gift(session_id).id}"
    preview = treasurer.get(f"{path}/refund?amount=20").text
    assert "Refund 20.00\u00a0CAD" in preview
    assert "keeps the 2.11\u00a0CAD" in preview
    assert "0.67\u00a0CAD belongs to this refund" in preview
    assert submit(treasurer, f"{path}/refund?amount=20", to=f"{path}/refund").headers["Location"] == path
    assert "asked for" in treasurer.get(path).text
    installation.work()
    page = treasurer.get(path).text
    assert "refunded in part" in page
    assert "gone back" in page
    assert "42.50\u00a0CAD is left to refund" in page
    assert rows(installation.database) == [("succeeded", 2000, "desk")]
    assert (
        sum("20.00" in mail and "refund" in mail.lower() for mail in installation.mail_to("charlie@example.net")) == 1
    )
    figures = installation.figures()
    assert (figures["raised_gross"], figures["refunded"], figures["fees"]) == (6250, 2000, 211)


def test_a_refund_made_at_stripe_looks_the_same(installation: Installation, treasurer: FlaskClient) -> None:
    gift = installation.gift(installation.pay_and_book())
    stripe_client(installation.sandbox).v1.refunds.create(params={"charge": gift.charge_id})
    installation.work()
    page = treasurer.get(f"/desk/gifts/{gift.id}").text
    assert "gone back" in page
    assert "at Stripe<br>" in page
    assert rows(installation.database) == [("succeeded", 6250, "stripe")]
    assert treasurer.get(f"/desk/gifts/{gift.id}/refund").status_code == 409


def test_a_refund_that_fails_later_is_owed_until_it_is_made_again(
    installation: Installation, treasurer: FlaskClient
) -> None:
    gift = installation.gift(installation.pay_and_book())
    refund = stripe_client(installation.sandbox).v1.refunds.create(params={"charge": gift.charge_id, "amount": 1500})
    installation.work()
    installation.sandbox.post("/_sandbox/refund", {"refund": refund.id, "outcome": "fail"})
    installation.work()
    path = f"/desk/gifts/{gift.id}"
    assert "15.00\u00a0CAD is owed to the donor" in treasurer.get(path).text
    assert "1 refund did not arrive" in treasurer.get("/desk/").text
    first, _, rest = treasurer.get("/desk/refunds").text.partition("All refunds")
    assert "Did not arrive" in first
    assert path in first
    assert "failed: owed" in rest
    installation.sandbox.advance(60)  # within one second nobody could say which of the two moved first
    submit(treasurer, f"{path}/refund?amount=15", to=f"{path}/refund")
    installation.work()
    assert "owed to the donor" not in treasurer.get(path).text
    assert "did not arrive" not in treasurer.get("/desk/").text
    assert "Did not arrive" not in treasurer.get("/desk/refunds").text


def test_the_same_form_sent_twice_is_one_refund(desk: FlaskClient, services: Services, gift: str) -> None:
    path = f"/desk/gifts/{gift}/refund"
    form = next(
        form
        for form in forms_of(desk.get(f"{path}?amount=62.50").text)
        if form.action == path and form.method == "post"
    )
    answers = [desk.post(path, data=form.values).status_code for _ in range(3)]
    assert answers == [303, 303, 303]
    assert rows(services.database) == [("planned", 6250, "desk")]
    assert isinstance(services.queue, FakeQueue)
    assert [task for task, _ids in services.queue.enqueued if task == "send_refund"] == ["send_refund"]


def test_of_two_administrators_at_once_the_second_is_refused(desk: FlaskClient, services: Services, gift: str) -> None:
    path = f"/desk/gifts/{gift}/refund"
    forms = [
        next(
            form
            for form in forms_of(desk.get(f"{path}?amount=40").text)
            if form.action == path and form.method == "post"
        )
        for _ in range(2)
    ]
    first, second = (desk.post(path, data=form.values) for form in forms)
    assert (first.status_code, second.status_code) == (303, 422)
    assert "At most 22.50\u00a0CAD is left to refund." in second.text
    assert rows(services.database) == [("planned", 4000, "desk")]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", "Write how much goes back."),
        ("-5", "Write the amount in digits"),
        ("1e3", "Write the amount in digits"),
        ("nan", "Write the amount in digits"),
        ("１２", "Write the amount in digits"),
        ("12,50", "Write the amount in digits"),
        ("12.345", "CAD has no amounts that fine."),
        ("62.51", "At most 62.50\u00a0CAD is left to refund."),
        ("99999999999999999999", "larger than one payment"),
        ("<b>5</b>", "Write the amount in digits"),
    ],
)
def test_an_amount_that_cannot_be_is_said_and_kept(
    desk: FlaskClient, services: Services, gift: str, typed: str, sentence: str
) -> None:
    path = f"/desk/gifts/{gift}/refund"
    seen = desk.get(path, query_string={"amount": typed})
    token = next(form for form in forms_of(seen.text) if "csrf_token" in form.values).values["csrf_token"]
    sent = desk.post(path, data={"csrf_token": token, "amount": typed, "nonce": "n" * 20})
    for answer in (seen, sent):
        assert answer.status_code == 422
        assert sentence in answer.text
        assert next(form for form in forms_of(answer.text) if "amount" in form.values).values["amount"] == typed
    assert rows(services.database) == []


def test_nothing_typed_is_all_that_is_left(desk: FlaskClient, gift: str) -> None:
    for nothing in ("", "  "):
        assert "Refund 62.50\u00a0CAD" in desk.get(f"/desk/gifts/{gift}/refund", query_string={"amount": nothing}).text


def test_a_french_treasurer_types_a_comma(desk: FlaskClient, services: Services, gift: str) -> None:
    path = f"/fr/desk/gifts/{gift}/refund"
    page = desk.get(f"{path}?amount=12,50")
    assert "Rembourser 12,50\u00a0CAD" in page.text
    assert submit(desk, f"{path}?amount=12,50", to=path).status_code == 303
    assert rows(services.database) == [("planned", 1250, "desk")]


@pytest.mark.parametrize("nonce", ["", "short", "<script>alert(1)</script>", "n" * 65])
def test_a_form_without_its_number_is_refused(desk: FlaskClient, services: Services, gift: str, nonce: str) -> None:
    path = f"/desk/gifts/{gift}/refund"
    refused = submit(desk, f"{path}?amount=5", to=path, nonce=nonce)
    assert refused.status_code == 422
    assert "This form is not complete." in refused.text
    assert rows(services.database) == []


def test_a_gift_that_is_not_paid_cannot_be_refunded(desk: FlaskClient, services: Services) -> None:
    pending = start_gift(services, make_campaign(services.database))
    answer = desk.get(f"/desk/gifts/{pending}/refund")
    assert answer.status_code == 409
    assert "Only a gift that was paid can be refunded." in answer.text
    assert f"{pending}/refund" not in desk.get(f"/desk/gifts/{pending}").text


def test_a_refund_that_stripe_refuses_moves_nothing_and_says_why(
    desk: FlaskClient, services: Services, gift: str
) -> None:
    with services.database.write() as session:
        session.add(
            Refund(
                donation_id=gift,
                amount=6250,
                currency="CAD",
                state="refused",
                origin="desk",
                failure_code="charge_already_refunded",
                created_at=utc_now(),
                ended_at=utc_now(),
            )
        )
    page = desk.get(f"/desk/gifts/{gift}").text
    assert "refused by Stripe" in page
    assert "it was refunded already" in page
    assert "is owed to the donor" not in page
    assert "62.50\u00a0CAD is left to refund" in page
    assert "1 refund did not arrive" in desk.get("/desk/").text


def test_a_member_without_the_permission_sees_no_refund(client: FlaskClient, services: Services, gift: str) -> None:
    sign_in(client, services.database, add_member(services.database, BOB))
    for path in (f"/desk/gifts/{gift}/refund", "/desk/refunds", "/desk/disputes", "/desk/review", "/desk/payouts"):
        assert client.get(path).status_code == 403
    with services.database.read() as session:
        assert session.get_one(Donation, gift).state == "paid"
