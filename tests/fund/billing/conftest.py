from dataclasses import dataclass

import pytest

from fund.db.session import Database
from tests.factories.billing import add_counsel, fill_bank
from tests.factories.campaigns import make_campaign


@dataclass(frozen=True)
class Matter:
    """The founding case with counsel and 3,000.00 in the bank."""

    database: Database
    campaign: int
    counsel: int


@pytest.fixture
def matter(database: Database) -> Matter:
    campaign = make_campaign(database)
    fill_bank(database, campaign, 300_000)
    return Matter(database, campaign, add_counsel(database, campaign))
