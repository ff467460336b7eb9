"""The organiser's share: promised, paid in parts, and taken back by an entry of its own."""

import pytest
from flask.testing import FlaskClient

from fund.kit.clock import utc_now
from fund.web.services import Services
from tests.factories.campaigns import SLUG, make_campaign, make_draft
from tests.fixtures.databases import sqlite_only
from tests.forms import forms_of, submit

pytestmark = sqlite_only


@pytest.fixture
def path(services: Services) -> str:
    return f"/desk/campaigns/{make_campaign(services.database)}/organiser"


def enter(desk: FlaskClient, path: str, amount: str, direction: str = "paid") -> list[int]:
    """Typed, looked over, and sent twice; the statuses of both answers."""
    check = submit(desk, path, amount=amount, direction=direction)
    assert check.status_code == 200
    form = next(form for form in forms_of(check.text) if form.values.get("step") == "book")
    return [desk.post(form.action, data=form.values).status_code for _ in range(2)]


def paid(desk: FlaskClient) -> int:
    return int(desk.get(f"/api/v1/campaigns/{SLUG}").get_json()["organiser_share"]["paid"])


def test_a_promise_is_paid_in_parts_each_once(desk: FlaskClient, path: str) -> None:
    assert forms_of(desk.get(path).text)[-1].values["amount"] == "500.00"
    assert enter(desk, path, "200") == [303, 303]
    assert paid(desk) == 20_000
    assert forms_of(desk.get(path).text)[-1].values["amount"] == "300.00"
    assert enter(desk, path, "300") == [303, 303]
    assert paid(desk) == 50_000
    page = desk.get(path).text
    assert "Nothing of it is paid yet." not in page
    assert "500.00" in desk.get(f"/c/{SLUG}").text
    assert desk.get(f"/api/v1/campaigns/{SLUG}").get_json()["raised_gross"] == 0


def test_more_than_was_promised_is_said_before_it_is_booked(desk: FlaskClient, path: str) -> None:
    assert "more than was promised" not in submit(desk, path, amount="500", direction="paid").text
    assert "With it 100.00\u00a0CAD more than was promised" in submit(desk, path, amount="600", direction="paid").text


def test_a_mistake_is_taken_back_and_no_more_than_was_paid(desk: FlaskClient, path: str) -> None:
    enter(desk, path, "200")
    assert enter(desk, path, "200", "taken_back") == [303, 303]
    assert paid(desk) == 0
    assert "taken back" in desk.get(path).text
    refused = submit(desk, path, amount="1", direction="taken_back")
    assert refused.status_code == 422
    assert "More than was paid cannot be taken back." in refused.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount", "", "Write the amount in digits"),
        ("amount", "0", "This amount is out of range."),
        ("amount", "-200", "Write the amount in digits"),
        ("amount", "9999999999", "This amount is out of range."),
        ("received_on", "9999-12-31", "This day has not come yet."),
        ("received_on", "yesterday", "Write the day as year, month and day"),
        ("direction", "sideways", "Say whether it arrived or is taken back."),
    ],
)
def test_what_cannot_be_is_said_and_kept(desk: FlaskClient, path: str, field: str, value: str, sentence: str) -> None:
    typed = {"amount": "200", "received_on": utc_now().date().isoformat(), "direction": "paid", field: value}
    refused = submit(desk, path, **typed)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert f'id="f-{field}-error"' in refused.text
    assert paid(desk) == 0


def test_a_draft_and_a_campaign_that_is_not_there_have_no_share(desk: FlaskClient, services: Services) -> None:
    draft = make_draft(services.database)
    for campaign in (draft, 999, 99999999999):
        assert desk.get(f"/desk/campaigns/{campaign}/organiser").status_code == 404
