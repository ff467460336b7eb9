"""The desk's proof against Stripe, its alerts, payouts, gifts to review, and what closing a campaign stops."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.donations.models import Donation
from fund.kit.clock import utc_now
from fund.payments.models import Alert
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.closing import closing_form
from tests.factories.donations import give, start_gift
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.forms import submit

pytestmark = sqlite_only

PAGE = "/desk/reconciliation"


def ask(desk: FlaskClient, *, repair: bool = False) -> int:
    return submit(desk, PAGE, to=f"{PAGE}/run", repair="1" if repair else "0").status_code


def test_the_books_are_proved_equal_when_somebody_asks(installation: Installation, treasurer: FlaskClient) -> None:
    installation.pay_and_book()
    assert "The books have not been compared yet." in treasurer.get(PAGE).text
    assert ask(treasurer) == 303
    assert "A comparison is under way since" in treasurer.get(PAGE).text
    installation.work()
    page = treasurer.get(PAGE).text
    assert "0 differences as of" in page
    assert "<td>Alice Tremblay</td>" in page
    assert "1 line, " in page
    assert "0 differences" in treasurer.get("/desk/").text
    french = treasurer.get(f"/fr{PAGE}").text
    assert "0 écart au" in french
    assert "1 ligne, " in french


def test_a_difference_is_named_and_booking_what_is_missing_mends_it(
    installation: Installation, treasurer: FlaskClient
) -> None:
    installation.sandbox.post("/_sandbox/delivery", {"mode": "drop"})
    installation.sandbox.post("/_sandbox/balance_transaction", {"type": "topup", "amount": 1234, "currency": "cad"})
    ask(treasurer)
    installation.work()
    page = treasurer.get(PAGE).text
    assert "R1" in page
    assert "book what is missing, with the button above" in page
    assert "from Stripe" in treasurer.get("/desk/").text
    ask(treasurer, repair=True)
    installation.work()
    assert "0 differences as of" in treasurer.get(PAGE).text
    assert "is of type topup" in treasurer.get(PAGE).text
    assert "1 alert" in treasurer.get("/desk/").text


def test_the_clock_compares_every_night(installation: Installation, treasurer: FlaskClient) -> None:
    installation.pay_and_book()
    installation.queue.tasks["reconcile_nightly"](utc_now(), utc_now())
    page = treasurer.get(PAGE).text
    assert "the clock" in page
    assert "0 differences as of" in page


def test_one_comparison_at_a_time_until_it_must_have_failed(desk: FlaskClient, services: Services) -> None:
    assert [ask(desk), ask(desk)] == [303, 409]
    assert isinstance(services.queue, FakeQueue)
    assert services.queue.enqueued == [("reconcile", ("member:1", 0))]
    with time_machine.travel(utc_now() + timedelta(minutes=16)):
        assert "left no result" in desk.get(PAGE).text
        assert ask(desk, repair=True) == 303
    assert services.queue.enqueued[-1] == ("reconcile", ("member:1", 1))


def test_an_alert_is_settled_by_somebody_and_stays_on_record(desk: FlaskClient, services: Services) -> None:
    with services.database.write() as session:
        session.add(Alert(key="txn:txn_1", sentence="txn_1 <b>is</b> odd", raised_at=utc_now()))
    assert "txn_1 &lt;b&gt;is&lt;/b&gt; odd" in desk.get(PAGE).text
    assert submit(desk, PAGE, to="/desk/alerts/1/settle").status_code == 303
    page = desk.get(PAGE).text
    assert "No alert is open." in page
    assert ", Alice Tremblay</span>" in page
    with services.database.read() as session:
        assert session.scalars(select(Alert)).one().settled_by == "member:1"
    assert "settle_alert" in desk.get("/desk/audit").text


@pytest.mark.parametrize("alert", ["7", "99999999999999999999"])
def test_an_alert_that_is_none_is_not_found(desk: FlaskClient, alert: str) -> None:
    assert submit(desk, PAGE, to=f"{PAGE}/run").status_code == 303
    token = desk.get("/desk/members").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert desk.post(f"/desk/alerts/{alert}/settle", data={"csrf_token": token}).status_code == 404


def test_payouts_are_listed_with_what_became_of_them(installation: Installation, treasurer: FlaskClient) -> None:
    installation.pay_and_book("200")
    installation.sandbox.advance(10 * 24 * 3600)
    for amount, outcome in ((5000, "paid"), (2000, "failed_after_paid")):
        installation.sandbox.post("/_sandbox/payout", {"currency": "cad", "amount": amount, "outcome": outcome})
    installation.work()
    page = treasurer.get("/desk/payouts").text
    assert "50.00\u00a0CAD" in page
    assert "arrived" in page
    assert '<span class="bad">failed</span>' in page


def test_a_late_gift_is_shown_with_a_refund_and_accepted_as_it_was_seen(desk: FlaskClient, services: Services) -> None:
    gift = give(services, make_campaign(services.database))
    with services.database.write() as session:
        session.get_one(Donation, gift).review = "late"
    assert "1 gift to review" in desk.get("/desk/").text
    assert "after the close" in desk.get(f"/desk/gifts/{gift}").text
    page = desk.get("/desk/review").text
    assert f"/desk/gifts/{gift}/refund" in page
    assert submit(desk, "/desk/review", to=f"/desk/gifts/{gift}/accept", seen="amount_differs").status_code == 409
    assert submit(desk, "/desk/review", to=f"/desk/gifts/{gift}/accept").status_code == 303
    assert "gift to review" not in desk.get("/desk/").text
    assert "accept_review" in desk.get("/desk/audit").text


def test_closing_a_campaign_stops_what_is_open_and_says_so(desk: FlaskClient, services: Services) -> None:
    campaign = make_campaign(services.database)
    gift = start_gift(services, campaign)
    assert isinstance(services.queue, FakeQueue)
    services.queue.enqueued.clear()
    path = f"/desk/campaigns/{campaign}/close"
    assert "1 payment page is open at Stripe; it is closed as well." in desk.get(path).text
    assert submit(desk, path, **closing_form()).status_code == 303
    assert ("expire_checkout", (gift,)) in services.queue.enqueued
    assert "Pages being closed at Stripe: 1." in desk.get("/desk/campaigns").text
