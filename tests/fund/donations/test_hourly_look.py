from datetime import timedelta

import pytest

from fund.db.session import Database
from fund.donations.ask_again import NOT_BEFORE, ask_again
from fund.donations.expire_donation import expire_donation
from fund.donations.models import Donation
from fund.kit.clock import utc_now
from fund.payments.gateway import GatewayRefusedError, GatewayUnavailableError
from fund.web.services import Services
from fund.worker.look_again import look_for_missing_money
from tests.factories.campaigns import make_campaign
from tests.factories.donations import start_gift
from tests.factories.gift_rows import NOON, add_gift
from tests.fakes.gateway import FakeGateway
from tests.fakes.queue import FakeQueue
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


def state(database: Database, donation_id: str) -> str:
    with database.read() as session:
        return session.get_one(Donation, donation_id).state


@pytest.mark.parametrize(
    ("problem", "first_look"),
    [(GatewayRefusedError("odd"), ["pending", "paid"]), (GatewayUnavailableError("down"), ["pending", "pending"])],
)
def test_one_gift_that_stripe_will_not_speak_of_does_not_keep_the_others_waiting(
    services: Services,
    gateway: FakeGateway,
    problem: GatewayRefusedError | GatewayUnavailableError,
    first_look: list[str],
) -> None:
    campaign_id = make_campaign(services.database)
    now = utc_now()
    gifts = [start_gift(services, campaign_id, now=now - timedelta(minutes=5 * number)) for number in (2, 1)]
    for gift in gifts:
        gateway.pay(gateway.session_of(gift).id)
    gateway.fails.append(problem)
    later = now + timedelta(hours=2)
    look_for_missing_money(services, later)
    assert [state(services.database, gift) for gift in gifts] == first_look
    look_for_missing_money(services, later)
    assert [state(services.database, gift) for gift in gifts] == ["paid", "paid"]


def test_a_session_that_stripe_does_not_know_is_given_up_after_a_day(services: Services, gateway: FakeGateway) -> None:
    gift, now = start_gift(services, make_campaign(services.database)), utc_now()
    gateway.sessions.clear()
    look_for_missing_money(services, now + timedelta(hours=20))
    assert state(services.database, gift) == "pending"
    look_for_missing_money(services, now + timedelta(hours=26))
    assert state(services.database, gift) == "expired"


def test_only_what_is_pending_is_given_up_and_not_before_its_day(database: Database) -> None:
    campaign_id = make_campaign(database)
    add_gift(database, campaign_id, "pending", state="pending", paid_at=None, expires_at=NOON)
    add_gift(database, campaign_id, "paid", expires_at=NOON)
    day = timedelta(days=1)
    for donation_id, after, given_up in (
        ("pending", day - timedelta(seconds=1), False),
        ("pending", day, True),
        ("pending", day, False),
        ("paid", 2 * day, False),
        ("none", day, False),
    ):
        with database.write() as session:
            assert expire_donation(session, donation_id=donation_id, now=NOON + after) is given_up


def test_of_a_waiting_gift_stripe_is_asked_every_twenty_seconds_at_most(database: Database, queue: FakeQueue) -> None:
    campaign_id = make_campaign(database)
    add_gift(database, campaign_id, "pending", state="pending", paid_at=None)
    add_gift(database, campaign_id, "paid")
    moment = timedelta(seconds=1)
    for donation_id, after, is_asked in (
        ("pending", timedelta(0), True),
        ("pending", timedelta(seconds=20), False),
        ("pending", timedelta(seconds=20) + moment, True),
        ("pending", 2 * moment, False),
        ("paid", NOT_BEFORE, False),
    ):
        with database.write() as session:
            assert ask_again(session, queue, donation_id=donation_id, now=NOON + after) is is_asked
    assert queue.enqueued == [("look_at_checkout", ("pending",))] * 2
