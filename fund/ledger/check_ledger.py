from dataclasses import dataclass, field

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from fund.ledger.models import Account, Entry, Posting, Total
from fund.ledger.queries import balances_from_postings

MOST_NAMED = 100
"""So many rows of each kind of damage; who has more needs no longer list."""


@dataclass(slots=True)
class LedgerReport:
    """What `check-ledger` prints. `balances` are debit minus credit in minor units, from the postings."""

    entries: int
    postings: int
    balances: dict[str, dict[str, int]]
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def check_ledger(session: Session) -> LedgerReport:
    """Prove the journal from its rows: every entry balances, no posting is an orphan, the totals are the sums."""
    report = LedgerReport(
        entries=session.scalar(select(func.count()).select_from(Entry)) or 0,
        postings=session.scalar(select(func.count()).select_from(Posting)) or 0,
        balances=balances_from_postings(session),
    )
    report.problems += _unbalanced(session) + _orphans(session) + _wrong_totals(session)
    for currency, total in _trial_balance(report.balances).items():
        if total:
            report.problems.append(f"trial balance in {currency} is {total}, not 0")
    return report


def _unbalanced(session: Session) -> list[str]:
    signed = case((Posting.side == "debit", Posting.amount), else_=-Posting.amount)
    rows = session.execute(
        select(Posting.entry_id, Posting.currency, func.sum(signed))
        .group_by(Posting.entry_id, Posting.currency)
        .having(func.sum(signed) != 0)
        .limit(MOST_NAMED)
    )
    return [f"entry {entry_id} is off by {total} {currency}" for entry_id, currency, total in rows]


def _orphans(session: Session) -> list[str]:
    rows = session.scalars(
        select(Posting.id).outerjoin(Entry, Entry.id == Posting.entry_id).where(Entry.id.is_(None)).limit(MOST_NAMED)
    )
    empty = session.scalars(
        select(Entry.source)
        .outerjoin(Posting, Entry.id == Posting.entry_id)
        .where(Posting.id.is_(None))
        .limit(MOST_NAMED)
    )
    return [f"posting {row} belongs to no entry" for row in rows] + [f"entry {row} has no postings" for row in empty]


def _wrong_totals(session: Session) -> list[str]:
    debit = func.sum(case((Posting.side == "debit", Posting.amount), else_=0))
    credit = func.sum(case((Posting.side == "credit", Posting.amount), else_=0))
    count = func.count(Posting.entry_id.distinct())
    campaign = func.coalesce(Entry.campaign_id, 0)
    rows = session.execute(
        select(Account.name, campaign, Entry.kind, Posting.currency, debit, credit, count)
        .join(Entry, Entry.id == Posting.entry_id)
        .join(Account, Account.id == Posting.account_id)
        .group_by(Account.name, campaign, Entry.kind, Posting.currency)
    )
    true = {tuple(row[:4]): (int(row[4]), int(row[5]), int(row[6])) for row in rows}
    stored = {
        (name, total.campaign_id, total.kind, total.currency): (total.debit, total.credit, total.entries)
        for name, total in session.execute(select(Account.name, Total).join(Account, Account.id == Total.account_id))
    }
    return [
        f"stored total of {key[0]}, campaign {key[1]}, {key[2]}, {key[3]} (debit, credit, entries): {stored.get(key)},"
        f" postings: {true.get(key)}"
        for key in sorted(true.keys() | stored.keys())
        if true.get(key) != stored.get(key)
    ]


def _trial_balance(balances: dict[str, dict[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for currencies in balances.values():
        for currency, balance in currencies.items():
            sums[currency] = sums.get(currency, 0) + balance
    return sums
