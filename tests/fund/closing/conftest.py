"""Three paid gifts of 100.00, 50.00 and 25.00, of which the processor kept nothing; the campaign is closed."""

from dataclasses import dataclass

import pytest

from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.closing import close
from tests.factories.donations import give


@dataclass(frozen=True)
class Ended:
    services: Services
    id: int
    gifts: tuple[str, ...]


@pytest.fixture
def ended(services: Services) -> Ended:
    campaign_id = make_campaign(services.database)
    gifts = tuple(give(services, campaign_id, amount) for amount in (10_000, 5_000, 2_500))
    close(services, campaign_id)
    return Ended(services, campaign_id, gifts)
