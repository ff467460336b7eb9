"""What ends open pages and monthly gifts: a close, a cap, a last day, a target; and what it leaves alone."""

from datetime import timedelta
from typing import Any

import pytest

from fund.campaigns.models import Campaign
from fund.db.session import Database
from fund.donations.cancel_monthly_gift import cancel_monthly_gift
from fund.donations.close_checkouts import close_checkouts
from fund.donations.models import MonthlyGift
from fund.donations.stop_gifts import stop_gifts
from fund.donations.stop_monthly_gifts import (
    stop_monthly_gifts,
    stop_when_target_is_met,
    stop_where_targets_are_met,
)
from fund.donations.stop_when_over import stop_what_is_over, stop_when_over
from fund.payments.facts import Subscription
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.donations import give
from tests.factories.gift_rows import NOON, add_gift, add_monthly_gift
from tests.fakes.gateway import FakeGateway
from tests.fakes.queue import FakeQueue, Task
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only

HOUR = timedelta(hours=1)
PAGE, UNTIL_TARGET, MONTHLY = (
    ("expire_checkout", ("open",)),
    ("cancel_monthly_gift", ("until target",)),
    ("cancel_monthly_gift", ("on and on",)),
)
EVERYTHING: list[Task] = [MONTHLY, UNTIL_TARGET, PAGE]


@pytest.fixture
def campaign_id(database: Database) -> int:
    """A campaign with an open page and two monthly gifts, and what can no more be stopped."""
    campaign_id = make_campaign(database)
    add_gift(database, campaign_id, "open", state="pending", paid_at=None, checkout_session_id="cs_1")
    add_gift(database, campaign_id, "given up", state="expired", paid_at=None, checkout_session_id="cs_2")
    add_gift(database, campaign_id, "never sent", state="pending", paid_at=None)
    add_monthly_gift(database, campaign_id, "on and on")
    add_monthly_gift(database, campaign_id, "until target", stop_at_target=True)
    add_monthly_gift(database, campaign_id, "ended", ended_at=NOON, stop_at_target=True)
    return campaign_id


@pytest.fixture
def other(database: Database) -> int:
    campaign_id = make_campaign(database, slug="other")
    add_gift(database, campaign_id, "elsewhere", state="pending", paid_at=None, checkout_session_id="cs_3")
    add_monthly_gift(database, campaign_id, "elsewhere")
    return campaign_id


def limit(database: Database, campaign_id: int, **limits: Any) -> None:
    with database.write() as session:
        for name, value in limits.items():
            setattr(session.get_one(Campaign, campaign_id), name, value)


@pytest.mark.usefixtures("other")
def test_a_close_stops_what_is_open_of_this_campaign(database: Database, queue: FakeQueue, campaign_id: int) -> None:
    with database.write() as session:
        stop_gifts(session, queue, campaign_id=campaign_id)
    assert sorted(queue.enqueued) == EVERYTHING
    with database.write() as session:
        assert close_checkouts(session, queue, campaign_id=campaign_id) == 1
        assert stop_monthly_gifts(session, queue, campaign_id=campaign_id) == 2
        assert stop_monthly_gifts(session, queue, campaign_id=campaign_id, only_at_target=True) == 1


def test_a_target_that_is_met_stops_the_gifts_that_were_to_last_until_then(
    services: Services, database: Database, queue: FakeQueue, campaign_id: int, other: int
) -> None:
    def stop(donation_id: str) -> tuple[int, int]:
        with database.write() as session:
            return (
                stop_when_target_is_met(session, queue, donation_id=donation_id),
                stop_where_targets_are_met(session, queue),
            )

    assert stop(give(services, campaign_id, 149_999)) == (0, 0)
    assert stop(give(services, other, 200_000)) == (0, 0)
    queue.enqueued.clear()
    with database.write() as session:
        session.get_one(MonthlyGift, "on and on").ended_at = NOON
    assert stop(give(services, campaign_id, 500)) == (1, 1)
    assert queue.enqueued == [UNTIL_TARGET] * 2
    with database.write() as session:
        session.get_one(MonthlyGift, "on and on").ended_at = None
    assert stop("open") == (1, 1)
    with database.write() as session:
        session.get_one(MonthlyGift, "until target").ended_at = NOON
    assert stop("open") == (0, 0)


@pytest.mark.parametrize(
    ("limits", "raised", "is_over"),
    [
        ({}, 10_000, False),
        ({"hard_cap": 10_001}, 10_000, False),
        ({"hard_cap": 10_000}, 10_000, True),
        ({"gifts_until": NOON + HOUR}, 0, False),
        ({"gifts_until": NOON}, 0, True),
        ({"gifts_until": NOON, "status": "paused"}, 0, False),
        ({"hard_cap": 10_000, "gifts_from": NOON + HOUR}, 10_000, False),
    ],
)
@pytest.mark.usefixtures("other")
def test_pages_close_when_the_cap_is_reached_or_the_last_day_is_past(  # noqa: PLR0917  a table
    services: Services,
    database: Database,
    queue: FakeQueue,
    campaign_id: int,
    limits: dict[str, object],
    raised: int,
    is_over: bool,
) -> None:
    if raised:
        give(services, campaign_id, raised)
    limit(database, campaign_id, **limits)
    queue.enqueued.clear()
    with database.write() as session:
        assert stop_when_over(session, queue, campaign_id=campaign_id, now=NOON) is is_over
    assert sorted(queue.enqueued) == (EVERYTHING if is_over else [])
    queue.enqueued.clear()
    with database.write() as session:
        stop_what_is_over(session, queue, now=NOON)
    assert sorted(queue.enqueued) == (EVERYTHING if is_over else [])


@pytest.mark.usefixtures("other")
def test_the_frequent_look_is_only_at_what_ended_a_moment_ago(
    database: Database, queue: FakeQueue, campaign_id: int
) -> None:
    limit(database, campaign_id, gifts_until=NOON)
    for after, stopped in ((-HOUR, []), (timedelta(0), EVERYTHING), (HOUR, [])):
        with database.write() as session:
            stop_what_is_over(session, queue, within=HOUR, now=NOON + after)
        assert sorted(queue.enqueued) == stopped
        queue.enqueued.clear()


@pytest.mark.usefixtures("campaign_id")
def test_a_monthly_gift_ends_at_stripe_once(database: Database, gateway: FakeGateway) -> None:
    gateway.subscriptions["sub_on and on"] = Subscription(
        id="sub_on and on",
        status="active",
        customer_id="cus_1",
        amount=2_000,
        currency="CAD",
        metadata={},
        cancel_at_period_end=False,
        current_period_end=NOON,
        ended_at=None,
    )
    assert cancel_monthly_gift(database, gateway, monthly_gift_id="on and on") == "sub_on and on"
    assert gateway.subscriptions["sub_on and on"].status == "canceled"
    for nothing_to_end in ("ended", "none"):
        assert cancel_monthly_gift(database, gateway, monthly_gift_id=nothing_to_end) is None
