from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from fund.db.session import Database
from fund.mail.sender import Sender
from tests.fund.mail.postroom import Postroom
from tests.fund.mail.smtp_server import SmtpServer


@pytest.fixture
def sender() -> Sender:
    return Sender(
        site_name="Le Carrefour",
        mail_from="fund@carrefour.example",
        postal_address="1200, rue Sainte-Élisabeth\nMontréal",
        site_url="https://fund.carrefour.example",
    )


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 21, 14, 32, tzinfo=UTC)


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def postroom(database: Database, sender: Sender, now: datetime) -> Postroom:
    return Postroom(database, sender, now)
