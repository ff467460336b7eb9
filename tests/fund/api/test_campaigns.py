from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from fund.web.services import Services
from tests.factories.campaigns import EIGHT_HOURS, SLUG, end_campaign, make_campaign, make_draft
from tests.factories.donations import give, start_gift
from tests.factories.entries import book
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only

CAMPAIGNS = "/api/v1/campaigns"
EMPTY: dict[str, Any] = {
    "slug": SLUG,
    "title": "Four labels against one community",
    "status": "open",
    "outcome": None,
    "currency": "CAD",
    "target": 200_000,
    "organiser_share": {"promised": 50_000, "paid": 0},
    "members_part": 150_000,
    "stages": [],
    "raised_gross": 0,
    "refunded": 0,
    "fees": 0,
    "raised_net": 0,
    "held": 0,
    "available": 0,
    "in_trust": 0,
    "billed": 0,
    "paid": 0,
    "passed_on": 0,
    "hours": {"funded": "0.00", "billed": "0.00", "remaining": "0.00"},
    "donations_count": 0,
}


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway(fee=211)


def figures(client: FlaskClient, slug: str = SLUG) -> dict[str, Any]:
    answer = client.get(f"{CAMPAIGNS}/{slug}")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    found: dict[str, Any] = answer.get_json()
    moment = found.pop("updated_at")
    assert moment.endswith("Z")
    assert datetime.fromisoformat(moment).utcoffset() is not None
    return found


def test_every_figure_of_the_contract_before_the_first_gift(client: FlaskClient, services: Services) -> None:
    make_campaign(services.database)
    assert figures(client) == EMPTY
    assert [{**one, "updated_at": None} for one in client.get(CAMPAIGNS).get_json()["data"]] == [
        {**EMPTY, "updated_at": None}
    ]


def test_what_gifts_and_a_paid_share_change(client: FlaskClient, services: Services) -> None:
    campaign_id = make_campaign(services.database)
    other = make_campaign(services.database, slug="other")
    give(services, campaign_id, 6250)
    give(services, campaign_id, 100_000)
    give(services, other, 5000)
    start_gift(services, campaign_id, 9000)
    share = {"assets:bank:cad": 50_000, f"funds_organiser:{SLUG}": -50_000}
    book(services.database, share, kind="organiser_share", campaign_id=campaign_id)
    assert figures(client) == {
        **EMPTY,
        "organiser_share": {"promised": 50_000, "paid": 50_000},
        "raised_gross": 106_250,
        "fees": 422,
        "raised_net": 105_828,
        "available": 155_828,
        "hours": {"funded": "6.23", "billed": "0.00", "remaining": "6.23"},
        "donations_count": 2,
    }


@sqlite_only
@pytest.mark.parametrize(("currency", "rate", "target"), [("JPY", 30_000, 240_000), ("KWD", 75_120, 600_960)])
def test_other_minor_units(client: FlaskClient, services: Services, currency: str, rate: int, target: int) -> None:
    make_campaign(services.database, currency=currency, lines=(replace(EIGHT_HOURS, rate=rate),))
    found = figures(client)
    assert (found["currency"], found["target"], found["members_part"]) == (currency, target, target - 50_000)


@sqlite_only
def test_a_draft_and_what_never_was_look_alike(client: FlaskClient, services: Services) -> None:
    make_draft(services.database, slug="draft")
    for path in (f"{CAMPAIGNS}/draft", f"{CAMPAIGNS}/nothing", "/api/v1/nothing", "/api/"):
        answer = client.get(path)
        assert (answer.status_code, answer.content_type) == (404, "application/json")
        assert answer.get_json()["error"]["status"] == 404
    assert client.get(CAMPAIGNS).get_json() == {"data": []}


@sqlite_only
def test_a_closed_campaign_stays_readable(client: FlaskClient, services: Services) -> None:
    campaign_id = make_campaign(services.database)
    end_campaign(services.database, campaign_id, now=datetime.fromisoformat("2026-11-01T00:00:00Z"))
    assert figures(client)["status"] == "closed"
    assert client.get(f"{CAMPAIGNS}/{SLUG}").get_json()["updated_at"] == "2026-11-01T00:00:00Z"


@sqlite_only
@pytest.mark.parametrize("path", [CAMPAIGNS, f"{CAMPAIGNS}/{SLUG}"])
def test_scripts_of_other_sites_may_read_and_keep_it(client: FlaskClient, services: Services, path: str) -> None:
    campaign_id = make_campaign(services.database)
    first = client.get(path)
    tag = first.headers["ETag"]
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in first.headers
    unchanged = client.get(path, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert unchanged.headers["ETag"].removeprefix("W/") == tag.removeprefix("W/")
    assert unchanged.headers["Access-Control-Allow-Origin"] == "*"
    give(services, campaign_id)
    changed = client.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


@sqlite_only
def test_nothing_can_be_written(client: FlaskClient, services: Services) -> None:
    make_campaign(services.database)
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.open(f"{CAMPAIGNS}/{SLUG}", method=method)
        assert answer.status_code in (400, 405)
        assert answer.content_type == "application/json"
