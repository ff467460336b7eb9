"""From the page that looks a form over, back to the form: what was typed is still there, and nothing was done."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from fund.web.services import Services
from tests.factories.billing import add_bill, add_counsel, advance, fill_bank
from tests.factories.campaigns import make_campaign
from tests.factories.closing import closing_form
from tests.fixtures.databases import sqlite_only
from tests.forms import forms_of, submit

pytestmark = sqlite_only

CAMPAIGN = "/desk/campaigns/1"


@pytest.fixture
def bill(services: Services) -> str:
    """Of a campaign with money in our bank and in trust."""
    campaign = make_campaign(services.database)
    counsel = add_counsel(services.database, campaign)
    fill_bank(services.database, campaign, 300_000)
    advance(services.database, campaign, counsel, 10_000)
    return add_bill(services.database, campaign, counsel)


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (lambda _: f"{CAMPAIGN}/close", closing_form(kind="lost", step="")),
        (lambda _: f"{CAMPAIGN}/organiser", {"amount": "12.34"}),
        (lambda _: f"{CAMPAIGN}/trust", {"kind": "trust_returned", "counsel": "1", "amount": "12.34"}),
        (lambda bill: f"/desk/bills/{bill}/pay", {"source": "organiser", "amount": "12.34"}),
        (lambda _: "/desk/offline-gift", {"campaign": "1", "method": "cash", "amount": "12.34", "message": "Courage"}),
    ],
    ids=["close", "organiser", "trust", "pay", "offline gift"],
)
def test_what_was_typed_is_still_there(
    desk: FlaskClient, bill: str, path: Callable[[str], str], typed: dict[str, str]
) -> None:
    before = desk.get("/api/v1/campaigns/four-labels").get_json()
    check = submit(desk, path(bill), **typed)
    form = next(form for form in forms_of(check.text) if "step" in form.values)
    assert 'name="change"' in check.text
    back = desk.post(form.action, data={**form.values, "change": "1"})
    assert back.status_code == 200
    kept = next(form.values for form in forms_of(back.text) if set(typed) - {"step"} <= set(form.values))
    assert {name: kept[name] for name in typed if name != "step"} == {k: v for k, v in typed.items() if k != "step"}
    assert desk.get("/api/v1/campaigns/four-labels").get_json() == before
