"""The only writer to the journal."""

import uuid
from collections import defaultdict
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, bindparam, insert, select
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_into
from fund.db.touch_page import touch_page
from fund.ledger.models import Account, Entry, Posting, Total
from fund.ledger.open_account import open_account
from fund.ledger.rules import Line, check_balanced

_BOOKED = select(Entry.number).where(Entry.source == bindparam("source"))
_KNOWN_ACCOUNTS = select(Account.name, Account.id).where(Account.name.in_(bindparam("names", expanding=True)))


def post_entry(
    session: Session,
    *,
    source: str,
    kind: str,
    campaign_id: int | None,
    postings: list[Line],
    occurred_at: datetime,
    now: datetime,
) -> bool:
    """Book one balanced entry; False if `source` was booked before, in which case nothing changes.

    `source` is `txn:<id>` for what moved at Stripe, else `<object>:<id>:<state>`. `occurred_at` is when the money
    moved, `now` when we learned of it. Raises UnbalancedError, a bug. On PostgreSQL a race for the same source
    ends in IntegrityError for the later one, whose caller repeats its step. A campaign's numbers are committed in their
    order, so that who has read its books up to one of them misses none by going on from there.
    """
    check_balanced(postings)
    if session.execute(_BOOKED, {"source": source}).first():
        return False
    entry_id = str(uuid.uuid4())
    accounts = _account_ids(session, sorted({posting.account for posting in postings}))
    session.execute(
        insert(Posting),
        [
            {
                "entry_id": entry_id,
                "account_id": accounts[posting.account],
                "side": posting.side,
                "amount": posting.amount,
                "currency": posting.currency,
            }
            for posting in postings
        ],
    )
    if campaign_id is not None:
        touch_page(session, campaign_id)  # and so wait: whoever has a smaller number of this campaign commits first
    session.execute(
        insert(Entry).values(
            id=entry_id, source=source, kind=kind, campaign_id=campaign_id, occurred_at=occurred_at, recorded_at=now
        )
    )
    _add_to_totals(session, kind, campaign_id or 0, postings, accounts)
    return True


def _account_ids(session: Session, names: list[str]) -> dict[str, int]:
    known = dict(session.execute(_KNOWN_ACCOUNTS, {"names": names}).all())
    return {name: known.get(name) or open_account(session, name) for name in names}


def _add_to_totals(
    session: Session, kind: str, campaign_id: int, postings: list[Line], accounts: dict[str, int]
) -> None:
    """Sorted, so that two sessions on PostgreSQL take the rows' locks in one order."""
    sums: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for posting in postings:
        sums[accounts[posting.account], posting.currency][posting.side == "credit"] += posting.amount
    same = {"campaign_id": campaign_id, "kind": kind, "entries": 1}
    rows = [
        {**same, "account_id": account_id, "currency": currency, "debit": debit, "credit": credit}
        for (account_id, currency), (debit, credit) in sorted(sums.items())
    ]
    connection = session.connection()
    connection.execute(_add_total(connection.dialect.name), rows)


@cache
def _add_total(dialect: str) -> Executable:
    added = insert_into(dialect, Total)
    statement: Executable = added.on_conflict_do_update(
        index_elements=["account_id", "campaign_id", "kind", "currency"],
        set_={
            "debit": Total.debit + added.excluded.debit,
            "credit": Total.credit + added.excluded.credit,
            "entries": Total.entries + 1,
        },
    )
    return statement
