"""A gift that was paid counts, and is marked late where the campaign took none any more when it was paid."""

from datetime import timedelta
from typing import Any

import pytest

from fund.campaigns.models import Campaign
from fund.donations.models import Donation
from fund.kit.clock import utc_now
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.donations import settle, start_gift
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


@pytest.mark.parametrize(
    ("limits", "reviews"),
    [
        ({}, ["", "", ""]),
        ({"hard_cap": 10_000}, ["", "", "late"]),
        ({"hard_cap": 6_250}, ["", "late", "late"]),
        ({"gifts_until": utc_now() - timedelta(hours=1)}, ["late", "late", "late"]),
        ({"gifts_until": utc_now() + timedelta(days=1)}, ["", "", ""]),
        ({"status": "closed", "hard_cap": 100_000}, ["late", "late", "late"]),
    ],
)
def test_what_came_too_late_is_booked_and_looked_at(
    services: Services, gateway: FakeGateway, limits: dict[str, Any], reviews: list[str]
) -> None:
    campaign_id = make_campaign(services.database)
    gifts = [start_gift(services, campaign_id) for _ in reviews]
    with services.database.write() as session:
        for name, value in limits.items():
            setattr(session.get_one(Campaign, campaign_id), name, value)
    for gift in gifts:
        gateway.pay(gateway.session_of(gift).id)
        assert settle(services, gift) == "applied"
    with services.database.read() as session:
        rows = [session.get_one(Donation, gift) for gift in gifts]
        assert [(row.state, row.review) for row in rows] == [("paid", review) for review in reviews]
