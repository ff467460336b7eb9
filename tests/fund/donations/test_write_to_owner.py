"""What the owners are told of disputes: the amount and the deadline, and not who gave."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.donations.models import Slowdown
from fund.donations.write_to_owner import write_of_dispute, write_of_slowdown
from fund.mail.models import Delivery, MailBody
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.gift_rows import NOON, add_dispute, add_gift
from tests.fixtures.databases import sqlite_only
from tests.people import ALICE, BOB, add_member

pytestmark = sqlite_only


def mails(services: Services) -> list[tuple[str, str]]:
    with services.database.read() as session:
        found = session.execute(select(Delivery.address, MailBody.text).join(MailBody).order_by(Delivery.id))
        return [(address, text) for address, text in found]


@pytest.fixture
def gift(services: Services) -> str:
    for person in (ALICE, BOB):
        add_member(services.database, person)
    values = {"display_name": "Charlie Roy", "visibility": "public", "email": "charlie@example.net"}
    return add_gift(services.database, make_campaign(services.database), "5ee14a3c-gift", **values)


@pytest.mark.parametrize(
    ("status", "due", "words"),
    [
        ("needs_response", True, "A gift is disputed"),
        ("warning_needs_response", False, "A bank asks about a gift"),
    ],
)
def test_of_a_dispute_each_owner_is_told_once(
    services: Services, gift: str, status: str, due: bool, words: str
) -> None:
    add_dispute(services.database, gift, "dp_1", status=status, due_by=NOON + timedelta(days=7) if due else None)
    for _ in range(2):
        with services.database.write() as session:
            write_of_dispute(session, services.queue, services.sender, services.addresses, dispute_id="dp_1", now=NOON)
    ((address, text),) = mails(services)
    assert address == ALICE.address
    for said in (words, "25.00\xa0CAD", "5EE14A3C", "/desk/disputes/dp_1"):
        assert said in text
    assert ("12 October 2026" in text) is due
    assert "harlie" not in text


@pytest.mark.usefixtures("gift")
def test_of_a_slowdown_each_owner_is_told_once(services: Services) -> None:
    with services.database.write() as session:
        session.add(Slowdown(id=1, campaign_id=1, since=NOON, until=NOON))
    for _ in range(2):
        with services.database.write() as session:
            write_of_slowdown(session, services.queue, services.sender, services.addresses, slowdown_id=1, now=NOON)
    ((address, text),) = mails(services)
    assert (address, "Many cards are being declined" in text) == (ALICE.address, True)
