"""Payouts and the lines of account that belong to no gift: which entries they make, whatever we hear first."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from fund.ledger.queries import entries
from fund.payments.book_site_transaction import book_site_transaction
from fund.payments.facts import BalanceTransaction, Payout
from fund.payments.models import Alert, PayoutRow
from fund.payments.queries import kept_lines
from fund.payments.settle_payout import settle_payout
from fund.web.services import Services
from tests.factories.facts import HOUR, NOON, payout, txn
from tests.fixtures.databases import sqlite_only

STRIPE, TRANSIT, BANK, COSTS = "assets:stripe:cad", "assets:payout_transit:cad", "assets:bank:cad", "exp:stripe_other"
NOW = NOON + timedelta(days=7)
Books = dict[str, dict[str, int]]


def books(services: Services) -> Books:
    with services.database.read() as session:
        return {
            entry.source: {
                posting.account: posting.amount if posting.side == "debit" else -posting.amount
                for posting in entry.postings
            }
            for entry in entries(session)
        }


def line(name: str, type_: str, amount: int, *, fee: int = 0) -> BalanceTransaction:
    return txn(name, amount, fee=fee, type=type_, reporting_category=type_)


SENT = line("txn_sent", "payout", -5000, fee=25)
BACK = line("txn_back", "payout_failure", 5000)
SENT_BOOKED = {"txn:txn_sent": {STRIPE: -5025, TRANSIT: 5000, COSTS: 25}}
PAID_BOOKED = SENT_BOOKED | {"payout:po_1:paid": {BANK: 5000, TRANSIT: -5000}}
BACK_BOOKED = {"txn:txn_back": {STRIPE: 5000, TRANSIT: -5000}}
UNPAID = {"payout:po_1:unpaid": {BANK: -5000, TRANSIT: 5000}}
LIVES: dict[str, tuple[list[Payout], Books]] = {
    "sent": ([payout("in_transit", SENT)], SENT_BOOKED),
    "paid": ([payout("pending", SENT), payout("paid", SENT)], PAID_BOOKED),
    "failed": ([payout("in_transit", SENT), payout("failed", SENT, BACK)], SENT_BOOKED | BACK_BOOKED),
    "canceled": ([payout("canceled", SENT, BACK)], SENT_BOOKED | BACK_BOOKED),
    "failed after it was paid": (
        [payout("paid", SENT), payout("failed", SENT, BACK)], PAID_BOOKED | UNPAID | BACK_BOOKED
    ),
    "failed, line not there yet": (
        [payout("paid", SENT), payout("failed", SENT), payout("failed", SENT, BACK)], PAID_BOOKED | UNPAID | BACK_BOOKED
    ),
}  # fmt: skip


@sqlite_only
@pytest.mark.parametrize(("heard", "booked"), LIVES.values(), ids=LIVES.keys())
def test_a_payouts_life(services: Services, heard: list[Payout], booked: Books) -> None:
    for each in itertools.chain.from_iterable((each, each) for each in heard):
        with services.database.write() as session:
            settle_payout(session, each, now=NOW)
    assert books(services) == booked
    with services.database.read() as session:
        row = session.scalars(select(PayoutRow)).one()
    assert (row.status, row.amount, row.currency) == (heard[-1].status, 5000, "CAD")


@sqlite_only
def test_a_payout_that_collects(services: Services) -> None:
    with services.database.write() as session:
        settle_payout(session, payout("paid", line("txn_in", "payout", 700)), now=NOW)
    assert books(services) == {
        "txn:txn_in": {STRIPE: 700, TRANSIT: -700},
        "payout:po_1:paid": {BANK: -700, TRANSIT: 700},
    }


COST_TYPES = ("stripe_fee", "stripe_fx_fee", "tax_fee", "application_fee", "network_cost")
RESERVE_TYPES = (
    "reserve_transaction", "reserve_hold", "reserve_release", "reserved_funds",
    "payout_minimum_balance_hold", "payout_minimum_balance_release",
)  # fmt: skip
OTHERS = {type_: (f"suspense:{type_}", "suspense") for type_ in ("topup", "contribution", "transfer", "of_next_year")}
OTHERS |= dict.fromkeys(COST_TYPES, (COSTS, "stripe_cost"))
OTHERS |= dict.fromkeys(RESERVE_TYPES, ("assets:reserve:cad", "reserve"))


@sqlite_only
@pytest.mark.parametrize("type_", OTHERS)
def test_a_line_of_nobodys(services: Services, type_: str) -> None:
    account, kind = OTHERS[type_]
    for _ in range(2):
        with services.database.write() as session:
            book_site_transaction(session, line("txn_x", type_, -300, fee=21), now=NOW)
    assert books(services) == {"txn:txn_x": {STRIPE: -321, account: 321}}
    with services.database.read() as session:
        assert [entry.kind for entry in entries(session)] == [kind]
        alerts = list(session.scalars(select(Alert.key)))
    assert alerts == (["txn:txn_x"] if kind == "suspense" else [])


@sqlite_only
def test_an_entry_occurred_when_the_money_moved(services: Services) -> None:
    """A payout arrives on its day, and not before it was made; that it came back is known when it is heard."""
    late = replace(payout("paid", SENT), arrival_date=NOON + 3 * HOUR)
    for each in (late, payout("failed", SENT, BACK)):
        with services.database.write() as session:
            settle_payout(session, each, now=NOW)
    with services.database.read() as session:
        occurred = {entry.source: (entry.kind, entry.occurred_at) for entry in entries(session)}
    assert occurred == {
        "txn:txn_sent": ("payout", NOON),
        "payout:po_1:paid": ("payout_paid", NOON + 3 * HOUR),
        "payout:po_1:unpaid": ("payout_unpaid", NOW),
        "txn:txn_back": ("payout_failure", NOON),
    }


@sqlite_only
def test_a_line_of_nothing_is_kept_and_not_booked(services: Services) -> None:
    with services.database.write() as session:
        assert not book_site_transaction(session, line("txn_0", "stripe_fee", 0), now=NOW)
    assert books(services) == {}
    with services.database.read() as session:
        assert kept_lines(session, ["txn_0"]) == {"txn_0": (0, 0, 0, "CAD")}
