"""What a donor is told when a campaign takes no gift, or none as large."""

from datetime import timedelta
from typing import Any

import pytest

from fund.campaigns.models import Campaign
from fund.db.session import Database
from fund.donations.check_gift_is_taken import check_gift_is_taken
from fund.kit.errors import Refusal
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.donations import give
from tests.factories.gift_rows import NOON
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only

DAY = timedelta(days=1)
PAUSED = {"status": "paused"}


@pytest.fixture
def campaign_id(services: Services) -> int:
    """One that has raised 100.00 CAD and takes gifts from 5.00 CAD on."""
    campaign_id = make_campaign(services.database)
    give(services, campaign_id, 10_000)
    return campaign_id


def ask(database: Database, campaign_id: int, amount: int | None, limits: dict[str, Any]) -> None:
    with database.write() as session:
        campaign = session.get_one(Campaign, campaign_id)
        for name, value in limits.items():
            setattr(campaign, name, value)
        check_gift_is_taken(session, campaign, amount=amount, locale="en", now=NOON)


@pytest.mark.parametrize(
    ("limits", "amount", "sentence"),
    [
        ({"gifts_from": NOON + DAY}, None, "Gifts are taken from 6 October 2026 on"),
        ({"hard_cap": 10_000}, None, "The most that this campaign takes has been given"),
        ({"gifts_until": NOON}, None, "takes no gifts any more"),
        (PAUSED, 2_000, "takes no gifts any more"),
        ({"hard_cap": 11_000}, 1_001, "a gift can be at most 10.00 CAD now"),
    ],
)
def test_what_is_not_taken_is_refused_with_its_reason(
    database: Database, campaign_id: int, limits: dict[str, Any], amount: int | None, sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        ask(database, campaign_id, amount, limits)
    assert (refused.value.status, refused.value.field) == (
        409,
        None if amount is None or limits == PAUSED else "amount",
    )


@pytest.mark.parametrize(
    ("limits", "amount"),
    [
        ({}, 1_000_000),
        ({"gifts_from": NOON, "gifts_until": NOON + DAY}, None),
        ({"hard_cap": 11_000}, None),
        ({"hard_cap": 11_000}, 1_000),
        ({"hard_cap": 10_001}, 500),
    ],
)
def test_within_its_limits_a_campaign_takes_gifts(
    database: Database, campaign_id: int, limits: dict[str, Any], amount: int | None
) -> None:
    ask(database, campaign_id, amount, limits)
    with pytest.raises(Refusal):
        ask(database, campaign_id, amount, {"status": "closed"})
