"""Every occurrence of a gift's life, walked with numbers: which entries it makes, and what the gift is then."""

from dataclasses import dataclass
from typing import Any

import pytest

from fund.campaigns.models import Campaign
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Donation
from fund.donations.settle_payment import settle_payment
from fund.ledger.queries import entries
from fund.payments.facts import BalanceTransaction, Payment
from fund.web.services import Services
from tests.factories.campaigns import make_campaign
from tests.factories.donations import start_gift
from tests.factories.facts import HOUR, NOON, SITE, charge, dispute, payment, refund, txn
from tests.fakes.gateway import FakeGateway
from tests.fixtures.databases import sqlite_only

STRIPE, HELD, OWED = "assets:stripe:cad", "assets:disputed:cad", "liab:refunds_owed"
FUNDS, FX, LOST_FEES = "funds:four-labels", "gain:fx:four-labels", "exp:dispute_fees:four-labels"
FEES, TAX = "exp:processing:four-labels", "exp:fee_tax:four-labels"
Books = dict[str, dict[str, int]]

GIFT = txn("txn_gift", 10_000, fee=320, tax=20)
GIFT_BOOKED = {"txn:txn_gift": {STRIPE: 9680, FEES: 300, TAX: 20, FUNDS: -10_000}}
BACK = txn("txn_back", -4000, hours=2)
BACK_BOOKED = {"txn:txn_back": {STRIPE: -4000, FUNDS: 4000}}
TAKEN = txn("txn_taken", -10_000, fee=1500, hours=3)
TAKEN_BOOKED = {"txn:txn_taken": {STRIPE: -11_500, HELD: 10_000, LOST_FEES: 1500}}
EURO: dict[str, Any] = {"currency": "EUR"}


def move(name: str, amount: int, hours: int) -> BalanceTransaction:
    return txn(name, amount, hours=hours)


@dataclass(frozen=True)
class Case:
    """What Stripe says besides the gift itself; what is booked besides it; state, refunded and disputed then."""

    said: dict[str, Any]
    booked: Books
    state: str = "paid"
    refunded: int = 0
    disputed: int = 0
    charged: dict[str, Any] | None = None


FAILED = refund("re_1", 4000, BACK, status="failed", failure_balance_transaction=move("txn_fail", 4000, 4))
FAILED_BOOKED = BACK_BOOKED | {
    "txn:txn_fail": {STRIPE: 4000, FUNDS: -4000},
    "refund:re_1:owed": {FUNDS: 4000, OWED: -4000},
}
CASES: dict[str, Case] = {
    "gift": Case({}, {}),
    "refund": Case({"refunds": [refund("re_1", 4000, BACK)]}, BACK_BOOKED, "refunded_in_part", 4000),
    "refund with a fee": Case(
        {"refunds": [refund("re_1", 4000, txn("txn_back", -4000, fee=35, tax=5))]},
        {"txn:txn_back": {STRIPE: -4035, FUNDS: 4000, FEES: 30, TAX: 5}},
        "refunded_in_part",
        4000,
    ),
    "two refunds of all": Case(
        {"refunds": [refund("re_1", 4000, BACK), refund("re_2", 6000, move("txn_rest", -6000, 5))]},
        BACK_BOOKED | {"txn:txn_rest": {STRIPE: -6000, FUNDS: 6000}},
        "refunded",
        10_000,
    ),
    "refund that waits": Case(
        {"refunds": [refund("re_1", 4000, None, status="pending")]}, {}, "refunded_in_part", 4000
    ),
    "refund failed": Case({"refunds": [FAILED]}, FAILED_BOOKED),
    "refund failed and made again": Case(
        {"refunds": [FAILED, refund("re_2", 2500, move("txn_again", -2500, 6))]},
        FAILED_BOOKED
        | {"txn:txn_again": {STRIPE: -2500, FUNDS: 2500}, "refund:re_2:owed_settled": {FUNDS: -2500, OWED: 2500}},
        "refunded_in_part",
        2500,
    ),
    "refund made again and called off": Case(
        {
            "refunds": [
                FAILED,
                refund(
                    "re_2",
                    5000,
                    move("txn_again", -5000, 6),
                    status="canceled",
                    failure_balance_transaction=move("txn_off", 5000, 7),
                ),
            ]
        },
        FAILED_BOOKED
        | {
            "txn:txn_again": {STRIPE: -5000, FUNDS: 5000},
            "refund:re_2:owed_settled": {FUNDS: -4000, OWED: 4000},
            "txn:txn_off": {STRIPE: 5000, FUNDS: -5000},
            "refund:re_2:owed_again": {FUNDS: 4000, OWED: -4000},
        },
    ),
    "refund made before another failed": Case(
        {"refunds": [FAILED, refund("re_2", 4000, move("txn_again", -4000, 4))]},
        FAILED_BOOKED | {"txn:txn_again": {STRIPE: -4000, FUNDS: 4000}},
        "refunded_in_part",
        4000,
    ),
    "debit came back": Case(
        {},
        {"txn:txn_gone": {STRIPE: -10_015, FUNDS: 10_000, FEES: 15}},
        "failed",
        charged={"failure_balance_transaction": txn("txn_gone", -10_000, fee=15, hours=9), "status": "failed"},
    ),
    "inquiry": Case({"disputes": [dispute("warning_needs_response")]}, {}),
    "disputed": Case({"disputes": [dispute("needs_response", TAKEN)]}, TAKEN_BOOKED, "disputed", 0, 10_000),
    "dispute won": Case(
        {"disputes": [dispute("won", TAKEN, txn("txn_won", 10_000, fee=-1500, hours=5))]},
        TAKEN_BOOKED | {"txn:txn_won": {STRIPE: 11_500, HELD: -10_000, LOST_FEES: -1500}},
    ),
    "dispute lost": Case(
        {"disputes": [dispute("lost", TAKEN)]},
        TAKEN_BOOKED | {"dispute:dp_1:lost": {FUNDS: 10_000, HELD: -10_000}},
        "refunded",
    ),
    "dispute lost in part": Case(
        {"disputes": [dispute("lost", TAKEN, move("txn_part", 6000, 5))]},
        TAKEN_BOOKED | {"txn:txn_part": {STRIPE: 6000, HELD: -6000}, "dispute:dp_1:lost": {FUNDS: 4000, HELD: -4000}},
        "refunded_in_part",
    ),
    "dispute in a state that nobody knows": Case(
        {"disputes": [dispute("appealed", TAKEN)]}, TAKEN_BOOKED, "disputed", 0, 10_000
    ),
}
CONVERTED: dict[str, Case] = {
    "refund of a third at another rate": Case(
        {"refunds": [refund("re_1", 3333, move("txn_back", -5000, 2), **EURO)]},
        {"txn:txn_back": {STRIPE: -5000, FUNDS: 4900, FX: 100}},
        "refunded_in_part",
        3333,
    ),
    "refund of all in two": Case(
        {
            "refunds": [
                refund("re_1", 3333, move("txn_back", -4800, 2), **EURO),
                refund("re_2", 6667, move("txn_rest", -9801, 3), **EURO),
            ]
        },
        {
            "txn:txn_back": {STRIPE: -4800, FUNDS: 4900, FX: -100},
            "txn:txn_rest": {STRIPE: -9801, FUNDS: 9801},
        },
        "refunded",
        10_000,
    ),
    "disputed": Case(
        {"disputes": [dispute("under_review", move("txn_taken", -5001, 3), currency="EUR")]},
        {"txn:txn_taken": {STRIPE: -5001, HELD: 5001}},
        "disputed",
        0,
        10_000,
    ),
    "dispute won at another rate": Case(
        {"disputes": [dispute("won", move("txn_taken", -14_000, 3), move("txn_won", 13_900, 5), currency="EUR")]},
        {
            "txn:txn_taken": {STRIPE: -14_000, HELD: 14_000},
            "txn:txn_won": {STRIPE: 13_900, HELD: -13_900},
            "dispute:dp_1:fx": {FX: 100, HELD: -100},
        },
    ),
    "dispute lost in part": Case(
        {"disputes": [dispute("lost", move("txn_taken", -6000, 3), move("txn_part", 1500, 5), currency="EUR")]},
        {
            "txn:txn_taken": {STRIPE: -6000, HELD: 6000},
            "txn:txn_part": {STRIPE: 1500, HELD: -1500},
            "dispute:dp_1:lost": {FUNDS: 4500, HELD: -4500},
        },
        "refunded_in_part",
    ),
}


def start(services: Services, campaign_id: int) -> str:
    """The session of a new gift."""
    donation_id = start_gift(services, campaign_id, 10_000)
    assert isinstance(services.gateway, FakeGateway)
    return services.gateway.session_of(donation_id).id


def settle(services: Services, said: Payment) -> None:
    with services.database.write() as session:
        settle_payment(session, payment=said, site=SITE, now=NOON + 10 * HOUR)


def books(services: Services) -> Books:
    with services.database.read() as session:
        return {
            entry.source: {
                posting.account: posting.amount if posting.side == "debit" else -posting.amount
                for posting in entry.postings
            }
            for entry in entries(session)
        }


def gift(services: Services) -> Donation:
    with services.database.read() as session:
        return session.query(Donation).one()


@sqlite_only
@pytest.mark.parametrize("before", [False, True], ids=["at once", "after the gift"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_is_booked(services: Services, case: Case, before: bool) -> None:
    """Whether the gift was booked before or is booked with what followed, and however often we look."""
    campaign_id = make_campaign(services.database)
    paid = start(services, campaign_id)
    if before:
        settle(services, payment(paid, charge(GIFT)))
    for _ in range(2):
        settle(services, payment(paid, charge(GIFT, **(case.charged or {})), **case.said))
    assert books(services) == GIFT_BOOKED | case.booked
    row = gift(services)
    assert (row.state, row.refunded, row.disputed) == (case.state, case.refunded, case.disputed)
    assert (row.paid_at, row.ended_at is None) == (NOON, case.state in ("paid", "refunded_in_part", "disputed"))
    with services.database.read() as session:
        p = campaign_progress(session, session.get_one(Campaign, campaign_id))
    assert p.raised_gross - p.refunded - p.fees == p.available + p.held
    assert p.raised_gross == 10_000


@sqlite_only
@pytest.mark.parametrize("case", CONVERTED.values(), ids=CONVERTED.keys())
def test_what_is_booked_of_a_converted_gift(services: Services, case: Case) -> None:
    """100.00 EUR that were settled as 147.01 CAD."""
    paid = start(services, make_campaign(services.database, currency="EUR"))
    settled = charge(txn("txn_gift", 14_701, fee=500), **EURO)
    for said in (payment(paid, settled, **EURO), *[payment(paid, settled, **EURO, **case.said)] * 2):
        settle(services, said)
    assert books(services) == {"txn:txn_gift": {STRIPE: 14_201, FEES: 500, FUNDS: -14_701}} | case.booked
    row = gift(services)
    assert (row.state, row.refunded, row.disputed) == (case.state, case.refunded, case.disputed)


@sqlite_only
def test_what_came_back_after_it_was_lost(services: Services) -> None:
    """Heard in two steps: first the loss, then that a part was given back after all."""
    paid = start(services, make_campaign(services.database))
    lost, back = dispute("lost", TAKEN), dispute("lost", TAKEN, move("txn_part", 6000, 5))
    for each in (lost, back, back):
        settle(services, payment(paid, charge(GIFT), disputes=[each]))
    assert books(services) == GIFT_BOOKED | TAKEN_BOOKED | {
        "dispute:dp_1:lost": {FUNDS: 10_000, HELD: -10_000},
        "txn:txn_part": {STRIPE: 6000, HELD: -6000},
        "dispute:dp_1:won_back:txn_part": {FUNDS: -6000, HELD: 6000},
    }
    assert (gift(services).state, gift(services).disputed) == ("refunded_in_part", 0)
