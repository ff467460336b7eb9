"""Gifts that Stripe settled in another currency: what was given, what it was booked at, and what of it went back."""

from typing import Any

import pytest

from fund.campaigns.models import Campaign
from fund.campaigns.progress import Converted
from fund.db.session import Database
from fund.donations.queries_of_converted import converted_gifts
from fund.payments.models import BalanceTransactionRow
from tests.factories.campaigns import make_draft
from tests.factories.gift_rows import NOON, add_dispute, add_gift, add_hand_return, add_refund
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


@pytest.fixture
def campaign_id(database: Database) -> int:
    return make_draft(database)


def give(database: Database, campaign_id: int, name: str, *, booked: int, into: str = "EUR", **values: Any) -> str:
    """A gift of 100.00 CAD that Stripe credited in another currency."""
    with database.write() as session:
        session.add(
            BalanceTransactionRow(
                id=f"txn_{name}",
                type="charge",
                reporting_category="charge",
                source=f"ch_{name}",
                currency=into,
                amount=booked,
                fee=0,
                net=booked,
                created=NOON,
                raw={},
            )
        )
    return add_gift(database, campaign_id, name, charge_id=f"ch_{name}", **values)


def converted(database: Database, campaign_id: int) -> list[Converted]:
    with database.read() as session:
        return sorted(converted_gifts(session, session.get_one(Campaign, campaign_id)), key=lambda one: one.settled_in)


def test_each_currency_is_summed_apart_and_the_campaigns_own_is_not_converted(
    database: Database, campaign_id: int
) -> None:
    give(database, campaign_id, "a", booked=7_000)
    give(database, campaign_id, "b", booked=6_000, disputed=2_500)
    give(database, campaign_id, "c", booked=8_000, into="USD")
    give(database, campaign_id, "own", booked=10_000, into="CAD")
    give(database, campaign_id, "nothing", booked=0, into="JPY")
    give(database, campaign_id, "not paid", booked=50, paid_at=None)
    give(database, campaign_id, "in pounds", booked=60, currency="GBP")
    give(database, make_draft(database, slug="other"), "elsewhere", booked=70)
    with database.write() as session:
        session.get_one(BalanceTransactionRow, "txn_c").type = "payment"
    assert converted(database, campaign_id) == [
        Converted("EUR", given=20_000, refunded=0, held=2_500, booked=13_000, refunded_booked=0),
        Converted("USD", given=10_000, refunded=0, held=0, booked=8_000, refunded_booked=0),
    ]


def test_what_went_back_is_counted_at_the_rate_of_each_gift(database: Database, campaign_id: int) -> None:
    one = give(database, campaign_id, "one", booked=7_000)
    two = give(database, campaign_id, "two", booked=6_000, came_back=True)
    three = give(database, campaign_id, "three", booked=5_000)
    four = give(database, campaign_id, "four", booked=8_000)
    add_refund(database, one, "gone", moved=True, state="succeeded")
    add_refund(database, one, "asked for", amount=11)
    add_refund(database, one, "at Stripe", amount=12, state="pending")
    add_refund(database, two, "of what came back", moved=True, state="succeeded")
    failed = add_refund(database, three, "failed", moved=True, state="failed", owed=350)
    add_hand_return(database, three, failed, "by hand", of_gift=300)
    add_hand_return(database, three, failed, "taken back", of_gift=13, reversed_at=NOON)
    add_dispute(database, four, "dp_1", amount=2_500, withdrawn=2_000, lost=2_000, settled_currency="EUR")
    went = (1_000, 10_000, 300 + 700, 2_500)
    booked = (700, 6_000, 500, 2_000)
    assert converted(database, campaign_id) == [
        Converted("EUR", given=40_000, refunded=sum(went), held=0, booked=26_000, refunded_booked=sum(booked))
    ]
