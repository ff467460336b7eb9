"""R1 to R3: every line of Stripe's account is booked as it stands there, and the sums agree."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from fund.db.session import Database
from fund.ledger.queries import balances_of, count_sources, stripe_legs
from fund.payments.facts import BalanceTransaction
from fund.payments.gateway import Gateway
from fund.payments.queries import kept_lines
from fund.reconciliation.report import Report

PAGE = 500
TRIES = 3
BOOK = "book"


def compare_lines(database: Database, gateway: Gateway, report: Report, *, since: datetime | None) -> None:
    """The account may move while it is read: list, balance and list again are taken until both lists agree."""
    for _ in range(TRIES):
        attempt = Report()
        sums, newest = _lines(database, gateway, attempt, since)
        at_stripe = {balance.currency: balance.available + balance.pending for balance in gateway.balances()}
        if next(gateway.balance_transactions(), None) == newest:
            break
    else:
        attempt.differ("R3", "Stripe's account moves too fast to be compared", "run it again at a quiet hour")
    if since is None:
        _compare_sums(database, attempt, sums, at_stripe)
    report.differences += attempt.differences
    report.checked |= attempt.checked


def _lines(
    database: Database, gateway: Gateway, report: Report, since: datetime | None
) -> tuple[dict[str, int], BalanceTransaction | None]:
    sums: dict[str, int] = defaultdict(int)
    newest: BalanceTransaction | None = None
    count = 0
    for page in _pages(gateway.balance_transactions(since=since)):
        newest = newest or page[0]
        count += len(page)
        for line in page:
            sums[line.currency] += line.net
        _compare_page(database, report, page)
    report.checked["lines"] = count
    with database.read() as session:
        booked = count_sources(session, "txn:", since=since)
    missing = sum(difference.rule == "R1" for difference in report.differences)
    if booked != count - missing - report.checked.pop("empty", 0):
        report.differ(
            "R1", f"{booked} lines are booked, Stripe has {count - missing} of them", "find which by the export"
        )
    return sums, newest


def _compare_page(database: Database, report: Report, page: list[BalanceTransaction]) -> None:
    with database.read() as session:
        legs = stripe_legs(session, [f"txn:{line.id}" for line in page])
        kept = kept_lines(session, [line.id for line in page])
    for line in page:
        if line.net == 0 and line.amount == 0:
            report.checked["empty"] = report.checked.get("empty", 0) + 1
            continue
        leg = legs.get(f"txn:{line.id}")
        if leg is None:
            report.differ("R1", f"{line.id} ({line.type}, {line.net} {line.currency}) is not booked", BOOK)
        elif leg != (line.net, line.currency):
            booked = f"{leg[0]} {leg[1]}"
            report.differ(
                "R2", f"{line.id} is booked as {booked}, Stripe says {line.net} {line.currency}", "reverse it"
            )
        elif kept.get(line.id) != (line.amount, line.fee, line.net, line.currency):
            report.differ("R2", f"{line.id} was kept as {kept.get(line.id)} and reads otherwise now", "ask Stripe")


def _compare_sums(database: Database, report: Report, sums: dict[str, int], at_stripe: dict[str, int]) -> None:
    with database.read() as session:
        booked = balances_of(session, "assets:stripe:")
    for currency in sorted(sums.keys() | at_stripe.keys() | booked.keys()):
        figures = (sums.get(currency, 0), booked.get(currency, 0), at_stripe.get(currency, 0))
        if len(set(figures)) > 1:
            lines, books, balance = figures
            report.differ(
                "R3", f"{currency}: Stripe's lines say {lines}, the books {books}, Stripe's balance {balance}", BOOK
            )


def _pages(lines: Iterable[BalanceTransaction]) -> Iterator[list[BalanceTransaction]]:
    rest = iter(lines)
    while page := list(islice(rest, PAGE)):
        yield page
