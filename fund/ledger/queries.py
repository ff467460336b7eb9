"""Reads of the journal. Figures come from the stored totals; `check_ledger` proves those against the postings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from fund.ledger.models import Account, Entry, Posting, Total

STREAM_ROWS = 1000

# Built once: each public page needs them.
_SUMS = select(Account.name, Total.kind, Total.currency, Total.debit, Total.credit, Total.entries).join(
    Account, Account.id == Total.account_id
)
_SUMS_OF_ONE = _SUMS.where(Total.campaign_id == bindparam("campaign_id"))
_LAST_RECORDED = (
    select(Entry.recorded_at)
    .where(Entry.campaign_id == bindparam("campaign_id"))
    .order_by(Entry.number.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Sum:
    """What one campaign's entries of one kind did to one account; minor units."""

    account: str
    kind: str
    currency: str
    debit: int
    credit: int
    entries: int

    @property
    def balance(self) -> int:
        """Debit minus credit."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class BookedPosting:
    account: str
    side: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """An entry as outsiders see it: no identities, `campaign_id` None for the site's own."""

    number: int
    id: str
    source: str
    kind: str
    campaign_id: int | None
    occurred_at: datetime
    recorded_at: datetime
    postings: tuple[BookedPosting, ...]


def sums_of_campaign(session: Session, campaign_id: int) -> list[Sum]:
    """A handful of rows, however many gifts there are."""
    return _sums(session, campaign_id)


def balance_of_campaign(session: Session, campaign_id: int, account: str, currency: str) -> int:
    """Debit minus credit of one account over the campaign's entries."""
    found = _sums(session, campaign_id)
    return sum(total.balance for total in found if (total.account, total.currency) == (account, currency))


def balances(session: Session) -> dict[str, dict[str, int]]:
    """`{account: {currency: debit - credit}}` over everything, from the stored totals."""
    found: dict[str, dict[str, int]] = {}
    for total in _sums(session, None):
        currencies = found.setdefault(total.account, {})
        currencies[total.currency] = currencies.get(total.currency, 0) + total.balance
    return dict(sorted(found.items()))


def balances_from_postings(session: Session) -> dict[str, dict[str, int]]:
    """The same from the postings themselves: what the totals are proved against."""
    signed = case((Posting.side == "debit", Posting.amount), else_=-Posting.amount)
    rows = session.execute(
        select(Account.name, Posting.currency, func.sum(signed))
        .join(Account, Account.id == Posting.account_id)
        .group_by(Account.name, Posting.currency)
        .order_by(Account.name, Posting.currency)
    )
    found: dict[str, dict[str, int]] = {}
    for name, currency, balance in rows:
        found.setdefault(name, {})[currency] = int(balance)
    return found


def last_recorded_at(session: Session, campaign_id: int) -> datetime | None:
    """When the campaign's books last changed."""
    return session.execute(_LAST_RECORDED, {"campaign_id": campaign_id}).scalar_one_or_none()


def is_booked(session: Session, source: str) -> bool:
    return session.execute(select(Entry.number).where(Entry.source == source)).first() is not None


def count_sources(session: Session, prefix: str, *, since: datetime | None = None) -> int:
    """How many entries have a source that begins so, that occurred since."""
    query = select(func.count()).select_from(Entry).where(Entry.source.startswith(prefix, autoescape=True))
    if since is not None:
        query = query.where(Entry.occurred_at >= since)
    return session.scalar(query) or 0


def stripe_legs(session: Session, sources: list[str]) -> dict[str, tuple[int, str]]:
    """By source, what its entry did to our account at Stripe: debit minus credit, and the currency."""
    signed = case((Posting.side == "debit", Posting.amount), else_=-Posting.amount)
    at_stripe = case((Account.name.startswith("assets:stripe:"), signed), else_=0)
    query = (
        select(Entry.source, func.sum(at_stripe), func.min(Posting.currency))
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(Entry.source.in_(sources))
        .group_by(Entry.source)
    )
    return {source: (int(leg), currency) for source, leg, currency in session.execute(query)}


def balances_of(session: Session, prefix: str) -> dict[str, int]:
    """By currency, debit minus credit over all accounts that begin so."""
    found: dict[str, int] = {}
    for account, currencies in balances(session).items():
        if account.startswith(prefix):
            for currency, balance in currencies.items():
                found[currency] = found.get(currency, 0) + balance
    return found


def booked_sources(session: Session, sources: list[str]) -> set[str]:
    """Which of these are booked; a page at a time, for the database limits how many one question may name."""
    return set(session.scalars(select(Entry.source).where(Entry.source.in_(sources))))


def entries(session: Session, *, campaign_id: int | None = None, after: int = 0) -> Iterator[BookedEntry]:
    """Every entry in the order it was recorded, a page at a time; `after` is the last number already seen."""
    while True:
        query = select(Entry).where(Entry.number > after).order_by(Entry.number).limit(STREAM_ROWS)
        if campaign_id is not None:
            query = query.where(Entry.campaign_id == campaign_id)
        page = list(session.scalars(query))
        if not page:
            return
        names = dict(session.execute(select(Account.id, Account.name)).all())
        yield from (_booked(entry, names) for entry in page)
        after = page[-1].number


def newest_entries(session: Session, *, before: int | None = None, limit: int) -> list[BookedEntry]:
    """For the desk, the last recorded first; `before` is the last number of the page before."""
    query = select(Entry).order_by(Entry.number.desc()).limit(limit)
    if before is not None:
        query = query.where(Entry.number < before)
    names = dict(session.execute(select(Account.id, Account.name)).all())
    return [_booked(entry, names) for entry in session.scalars(query)]


def entries_of_account(session: Session, account: str, *, limit: int) -> list[BookedEntry]:
    """The last recorded first; for accounts with few entries, such as the organiser's share."""
    postings = select(Posting.entry_id).join(Account, Account.id == Posting.account_id).where(Account.name == account)
    query = select(Entry).where(Entry.id.in_(postings)).order_by(Entry.number.desc()).limit(limit)
    names = dict(session.execute(select(Account.id, Account.name)).all())
    return [_booked(entry, names) for entry in session.scalars(query)]


def _booked(entry: Entry, names: dict[int, str]) -> BookedEntry:
    return BookedEntry(
        entry.number,
        entry.id,
        entry.source,
        entry.kind,
        entry.campaign_id,
        entry.occurred_at,
        entry.recorded_at,
        tuple(BookedPosting(names[p.account_id], p.side, p.amount, p.currency) for p in entry.postings),
    )


def _sums(session: Session, campaign_id: int | None) -> list[Sum]:
    query, which = (_SUMS, {}) if campaign_id is None else (_SUMS_OF_ONE, {"campaign_id": campaign_id})
    return [Sum(*row) for row in session.execute(query, which)]
