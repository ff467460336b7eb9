"""What the desk says today about money that is left after the end."""

import pytest
from flask.testing import FlaskClient

from fund.web.services import Services
from fund.worker import run_surplus
from tests.factories.campaigns import make_campaign
from tests.factories.closing import close, work
from tests.factories.donations import give
from tests.fixtures.databases import sqlite_only
from tests.forms import submit

pytestmark = sqlite_only

SURPLUS = "/desk/campaigns/1/surplus"


def test_what_is_left_over_waits_until_somebody_has_decided(
    desk: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_surplus, "APART_SECONDS", 0.0)
    campaign = make_campaign(services.database)
    give(services, campaign, 10_000)
    assert "left over" not in desk.get("/desk/").text
    close(services, campaign)
    for act in ("plan", "confirm"):
        page = desk.get("/desk/").text
        assert "100.00\u00a0CAD left over" in page
        assert SURPLUS in page
        assert "Something is left over: see to that first." in page
        assert submit(desk, SURPLUS, to=f"{SURPLUS}/{act}").status_code == 303
    assert "left over" not in desk.get("/desk/").text
    work(services)
    page = desk.get("/desk/").text
    assert "left over" not in page
    assert "Donors were promised the last account." in page
