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
_SUMS_AS_OF = _SUMS_OF_ONE.add_columns(_LAST_RECORDED.scalar_subquery())


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


def sums_as_of(session: Session, campaign_id: int) -> tuple[list[Sum], datetime | None]:
    """The same, and when the campaign's books last changed (None: never), in one statement."""
    rows = session.execute(_SUMS_AS_OF, {"campaign_id": campaign_id}).all()
    return [Sum(*row[:-1]) for row in rows], rows[0][-1] if rows else None


def sums_between(
    session: Session, campaign_id: int, *, since: datetime | None, until: datetime, last_number: int
) -> list[Sum]:
    """As `sums_of_campaign`, over the entries that occurred from `since` (None: ever) and before `until`.

    Entries with a number above `last_number` are left out. Reads the postings of that time, not the stored totals.
    """
    query = (
        select(
            Account.name,
            Entry.kind,
            Posting.currency,
            func.sum(case((Posting.side == "debit", Posting.amount), else_=0)),
            func.sum(case((Posting.side == "credit", Posting.amount), else_=0)),
            func.count(),
        )
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(Entry.campaign_id == campaign_id, Entry.occurred_at < until, Entry.number <= last_number)
        .group_by(Account.name, Entry.kind, Posting.currency)
    )
    if since is not None:
        query = query.where(Entry.occurred_at >= since)
    return [
        Sum(account, kind, currency, int(debit), int(credit), entries)
        for account, kind, currency, debit, credit, entries in session.execute(query)
    ]


def last_number(session: Session, campaign_id: int) -> int:
    """Of the campaign's newest entry; 0 before the first."""
    return session.scalar(select(func.max(Entry.number)).where(Entry.campaign_id == campaign_id)) or 0


def balance_of_campaign(session: Session, campaign_id: int, account: str, currency: str) -> int:
    """Debit minus credit of one account over the campaign's entries."""
    found = _sums(session, campaign_id)
    return sum(total.balance for total in found if (total.account, total.currency) == (account, currency))


def balances_by_account(session: Session, campaign_id: int) -> list[tuple[str, str, int]]:
    """What the campaign's entries left on each account: name, currency, debit minus credit; settled ones left out."""
    found: dict[tuple[str, str], int] = {}
    for total in _sums(session, campaign_id):
        at = total.account, total.currency
        found[at] = found.get(at, 0) + total.balance
    return [(*at, balance) for at, balance in sorted(found.items()) if balance]


def costs_of_the_site(session: Session) -> dict[str, int]:
    """By currency, what Stripe charged the site as a whole and no campaign was assigned."""
    return {currency: sum_ for currency, sum_ in balances_of(session, "exp:stripe_other").items() if sum_}


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


def is_booked(session: Session, source: str) -> bool:
    return session.execute(select(Entry.number).where(Entry.source == source)).first() is not None


def find_entry(session: Session, source: str) -> BookedEntry | None:
    entry = session.scalars(select(Entry).where(Entry.source == source)).one_or_none()
    names = dict(session.execute(select(Account.id, Account.name)).all())
    return _booked(entry, names) if entry is not None else None


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
    while page := entries_after(session, after, campaign_id=campaign_id, limit=STREAM_ROWS):
        yield from page
        after = page[-1].number


def entries_after(session: Session, after: int, *, campaign_id: int | None, limit: int) -> list[BookedEntry]:
    """The next page in the order of recording. Entries never change: pages may be read in sessions of their own."""
    query = select(Entry).where(Entry.number > after).order_by(Entry.number).limit(limit)
    if campaign_id is not None:
        query = query.where(Entry.campaign_id == campaign_id)
    found = list(session.scalars(query))
    names = dict(session.execute(select(Account.id, Account.name)).all()) if found else {}
    return [_booked(entry, names) for entry in found]


def newest_entries(
    session: Session, *, campaign_id: int | None = None, before: int | None = None, limit: int
) -> list[BookedEntry]:
    """The last recorded first; `before` is the last number of the page before."""
    query = select(Entry).order_by(Entry.number.desc()).limit(limit)
    if campaign_id is not None:
        query = query.where(Entry.campaign_id == campaign_id)
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


def entries_by_source(session: Session, prefix: str, *, limit: int) -> list[BookedEntry]:
    """Those whose source begins so, the last recorded first."""
    query = select(Entry).where(Entry.source.startswith(prefix, autoescape=True))
    names = dict(session.execute(select(Account.id, Account.name)).all())
    return [_booked(entry, names) for entry in session.scalars(query.order_by(Entry.number.desc()).limit(limit))]


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
