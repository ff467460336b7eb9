"""Journal entries for tests of the ledger: amounts signed as in arithmetic, debits positive."""

import itertools
from datetime import UTC, datetime

from fund.db.session import Database
from fund.ledger.post_entry import post_entry
from fund.ledger.rules import line, lines

_numbers = itertools.count(1)
BOOKED = datetime(2026, 11, 1, 12, tzinfo=UTC)


def book(
    database: Database,
    signed: dict[str, int],
    *,
    source: str = "",
    kind: str = "gift",
    campaign_id: int | None = None,
    currency: str = "CAD",
) -> bool:
    """Post `{account: debit minus credit}`; a source of its own unless one is given. Whether it was new."""
    with database.write() as session:
        return post_entry(
            session,
            source=source or f"txn:test_{next(_numbers)}",
            kind=kind,
            campaign_id=campaign_id,
            postings=lines(*(line(account, amount, currency) for account, amount in signed.items())),
            occurred_at=BOOKED,
            now=BOOKED,
        )


def gift(
    amount: int, fee: int = 0, tax: int = 0, *, slug: str = "four-labels", currency: str = "CAD"
) -> dict[str, int]:
    return {
        f"assets:stripe:{currency.lower()}": amount - fee,
        f"exp:processing:{slug}": fee - tax,
        f"exp:fee_tax:{slug}": tax,
        f"funds:{slug}": -amount,
    }
