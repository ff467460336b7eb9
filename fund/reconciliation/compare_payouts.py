"""R4 and R5: every payout is the sum of its lines, and what is on its way or held is what the books say."""

from collections import defaultdict
from datetime import datetime

from fund.db.session import Database
from fund.donations.queries import held_by_disputes
from fund.ledger.queries import balances_of, booked_sources
from fund.payments.gateway import Gateway
from fund.reconciliation.report import Report

UNDER_WAY = ("pending", "in_transit")
BOOK = "book"
ON_ITS_WAY = "{currency} on its way to the bank: the books say {books}, it is {true}"
HELD = "{currency} held by disputes: the books say {books}, it is {true}"


def compare_payouts(database: Database, gateway: Gateway, report: Report, *, since: datetime | None) -> None:
    under_way: dict[str, int] = defaultdict(int)
    count = 0
    for payout in gateway.payouts(since=since):
        count += 1
        if payout.status in UNDER_WAY:
            under_way[payout.currency] += payout.amount
        if payout.automatic and payout.reconciliation_status == "completed":
            _compare_parts(database, gateway, report, payout.id, payout.amount)
    report.checked["payouts"] = count
    with database.read() as session:
        transit, disputed = balances_of(session, "assets:payout_transit:"), balances_of(session, "assets:disputed:")
        held = held_by_disputes(session)
    if since is None:
        _compare(report, ON_ITS_WAY, transit, under_way)
    _compare(report, HELD, disputed, held)


def _compare_parts(database: Database, gateway: Gateway, report: Report, payout_id: str, amount: int) -> None:
    parts = [line for line in gateway.balance_transactions(payout_id=payout_id) if line.source != payout_id]
    total = sum(line.net for line in parts)
    if total != amount:
        report.differ("R4", f"payout {payout_id} is {amount}, its lines are {total}", "ask Stripe")
    with database.read() as session:
        booked = booked_sources(session, [f"txn:{line.id}" for line in parts])
    for line in parts:
        if f"txn:{line.id}" not in booked:
            report.differ("R4", f"{line.id} of payout {payout_id} is not booked", BOOK)


def _compare(report: Report, sentence: str, books: dict[str, int], true: dict[str, int]) -> None:
    for currency in sorted(books.keys() | true.keys()):
        booked, at_stripe = books.get(currency, 0), true.get(currency, 0)
        if booked != at_stripe:
            report.differ("R5", sentence.format(currency=currency, books=booked, true=at_stripe), BOOK)
