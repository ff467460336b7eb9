"""Offline gifts: typed, looked over, booked once, receipted, and reversed by an entry of their own."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fund.donations.models import Donation
from fund.kit.clock import utc_now
from fund.ledger.queries import balances
from fund.mail.models import Delivery
from fund.web.services import Services
from tests.factories.campaigns import OPENED, SLUG, end_campaign, make_campaign
from tests.fixtures.databases import sqlite_only
from tests.forms import forms_of, submit

pytestmark = sqlite_only

PATH = "/desk/offline-gift"


@pytest.fixture
def campaign(services: Services) -> int:
    return make_campaign(services.database)


def typed(campaign: int, **values: str) -> dict[str, str]:
    return {
        "campaign": str(campaign),
        "amount": "40",
        "method": "cash",
        "received_on": utc_now().date().isoformat(),
        "visibility": "hidden",
        "display_name": "",
        "email": "",
        **values,
    }


def gifts(services: Services) -> list[Donation]:
    with services.database.read() as session:
        return list(session.scalars(select(Donation)))


def book(desk: FlaskClient, campaign: int, **values: str) -> str:
    """The address of the gift's page."""
    check = submit(desk, PATH, **typed(campaign, **values))
    assert check.status_code == 200
    form = next(form for form in forms_of(check.text) if form.values.get("step") == "book")
    answers = [desk.post(form.action, data=form.values) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    return str(answers[0].headers["Location"])


def test_a_gift_is_looked_over_before_it_is_booked_once(desk: FlaskClient, services: Services, campaign: int) -> None:
    check = submit(desk, PATH, **typed(campaign, email="charlie@example.net", display_name="Charlie"))
    assert "Book 40.00\u00a0CAD" in check.text
    assert "by mail to charlie@example.net" in check.text
    assert gifts(services) == []
    page = desk.get(book(desk, campaign, email="charlie@example.net", display_name="Charlie")).text
    assert "cash" in page
    assert "Charlie" in page
    [gift] = gifts(services)
    assert (gift.kind, gift.method, gift.state, gift.amount) == ("offline", "cash", "paid", 4000)
    with services.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1
        assert balances(session) == {"assets:bank:cad": {"CAD": 4000}, f"funds:{SLUG}": {"CAD": -4000}}
    assert "Charlie" in desk.get("/desk/gifts").text
    assert "Charlie" not in desk.get(f"/c/{SLUG}").text


@pytest.mark.parametrize(("reason", "counted"), [("mistake", 0), ("returned", 4000)])
def test_a_gift_is_reversed_by_an_entry_and_only_once(
    desk: FlaskClient, services: Services, campaign: int, reason: str, counted: int
) -> None:
    page = book(desk, campaign)
    assert submit(desk, f"{page}/reverse").status_code == 422
    form = next(
        form for form in forms_of(desk.get(f"{page}/reverse").text) if form.method == "post" and not form.action
    )
    answers = [desk.post(f"{page}/reverse", data={**form.values, "reason": reason}).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert "reversed" in desk.get(page).text
    assert "Reverse this gift" not in desk.get(page).text
    figures = desk.get(f"/api/v1/campaigns/{SLUG}").get_json()
    assert (figures["raised_gross"], figures["refunded"], figures["available"]) == (counted, counted, 0)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("campaign", "999"), "Choose the campaign"),
        (("campaign", "99999999999999999999"), "Choose the campaign"),
        (("campaign", "x"), "Choose the campaign"),
        (("amount", ""), "Write the amount in digits"),
        (("amount", "0"), "The smallest gift is"),
        (("amount", "-40"), "Write the amount in digits"),
        (("amount", "12,50"), "Write the amount in digits"),
        (("amount", "1000000"), "One payment can be at most"),
        (("method", "gold"), "Choose how the gift came."),
        (("received_on", ""), "Write the day as year, month and day"),
        (("received_on", "21/11/2026"), "Write the day as year, month and day"),
        (("received_on", "2026-02-30"), "Write the day as year, month and day"),
        (("received_on", "1999-12-31"), "This day is too long ago."),
        (("received_on", "9999-12-31"), "This day has not come yet."),
        (("received_on", (OPENED - timedelta(days=1)).date().isoformat()), "The campaign was not open on that day."),
        (("visibility", "secret"), "An offline gift cannot be hidden from us"),
        (("visibility", ""), "Choose how you appear."),
        (("email", "charlie@@example"), "is not an e-mail address"),
        (("display_name", "x" * 81), "At most 80 characters"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_kept(
    desk: FlaskClient, services: Services, campaign: int, wrong: tuple[str, str], sentence: str
) -> None:
    field, value = wrong
    refused = submit(desk, PATH, **{**typed(campaign), field: value})
    assert refused.status_code == 422
    assert sentence in refused.text
    assert f'id="f-{field}-error"' in refused.text
    assert gifts(services) == []
    kept = next(form for form in forms_of(refused.text) if form.method == "post" and not form.action).values
    assert kept["amount"] == (value if field == "amount" else "40")


def test_the_day_the_campaign_opened_counts(desk: FlaskClient, services: Services, campaign: int) -> None:
    book(desk, campaign, received_on=OPENED.date().isoformat())
    [gift] = gifts(services)
    assert gift.paid_at == datetime(OPENED.year, OPENED.month, OPENED.day, tzinfo=UTC)


def test_a_gift_after_the_close_is_marked_and_may_be_accepted(
    desk: FlaskClient, services: Services, campaign: int
) -> None:
    end_campaign(services.database, campaign, now=utc_now())
    assert "will be marked as late" in submit(desk, PATH, **typed(campaign)).text
    page = book(desk, campaign)
    review = desk.get("/desk/review").text
    assert "after the close" in review
    assert f"{page}/reverse" in review
    assert submit(desk, "/desk/review", to=f"{page}/accept").status_code == 303
    assert gifts(services)[0].review == ""
    assert "Every gift came as planned" in desk.get("/desk/review").text


def test_an_offline_gift_is_not_refunded_through_stripe(desk: FlaskClient, services: Services, campaign: int) -> None:
    page = book(desk, campaign)
    refused = desk.get(f"{page}/refund")
    assert refused.status_code == 409
    assert "This gift did not come through Stripe." in refused.text
    assert gifts(services)[0].state == "paid"


def test_only_offline_gifts_can_be_reversed(desk: FlaskClient, services: Services, campaign: int) -> None:
    page = book(desk, campaign)
    with services.database.write() as session:
        session.scalars(select(Donation)).one().kind = "checkout"
    assert desk.get(f"{page}/reverse").status_code == 404
    assert desk.get("/desk/gifts/00000000-0000-4000-8000-000000000000/reverse").status_code == 404


def test_a_french_desk_books_a_comma(desk: FlaskClient, services: Services, campaign: int) -> None:
    check = submit(desk, f"/fr{PATH}", **typed(campaign, amount="12,50"))
    assert "Inscrire 12,50\u00a0CAD" in check.text
    form = next(form for form in forms_of(check.text) if form.values.get("step") == "book")
    assert desk.post(form.action, data=form.values).status_code == 303
    assert gifts(services)[0].amount == 1250
