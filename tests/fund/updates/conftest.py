from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from fund.campaigns.models import Campaign, CampaignText
from fund.db.session import Database
from fund.kit.addresses import Addresses
from fund.kit.signing import Signer
from fund.mail.sender import Sender
from tests.fakes.queue import FakeQueue
from tests.fund.updates.newsroom import Newsroom

MakeCampaign = Callable[..., int]


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 21, 14, 32, tzinfo=UTC)


@pytest.fixture
def make_campaign(database: Database, now: datetime) -> MakeCampaign:
    def make(slug: str = "four-labels", status: str = "open") -> int:
        campaign = Campaign(slug=slug, status=status, currency="CAD", minimum_gift=500, created_at=now, updated_at=now)
        for locale, title in (("en", "Four labels, one site"), ("fr", "Quatre maisons, un site")):
            blank = dict.fromkeys(("standfirst", "story", "if_we_win", "if_we_lose", "if_we_settle"), "x")
            campaign.texts.append(CampaignText(locale=locale, title=title, **blank))
        with database.write() as session:
            session.add(campaign)
            session.flush()
            return campaign.id

    return make


@pytest.fixture
def newsroom(database: Database, queue: FakeQueue, make_campaign: MakeCampaign, now: datetime) -> Newsroom:
    """One open campaign, and what its desk and its readers can do."""
    return Newsroom(
        database=database,
        queue=queue,
        sender=Sender("Le Carrefour", "fund@carrefour.example", "1200, rue Sainte-Élisabeth", "https://fund.example"),
        signer=Signer("a secret key that only the tests know"),
        addresses=Addresses("https://fund.example"),
        campaign_id=make_campaign(),
        now=now,
    )
