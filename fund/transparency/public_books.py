"""A campaign's journal as anyone may read it: every entry, no identity.

What is left out, and why: the source (it names objects of our Stripe account), and the hour (who saw a friend give
would know the amount). An entry's `id` is random; its number is its place in the journal of the whole site.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from fund.db.session import Database
from fund.ledger.queries import BookedEntry, entries_after

PAGE_ROWS = 1000
COLUMNS = ("number", "entry", "date", "kind", "account", "side", "amount", "currency")


def stream_entries(database: Database, campaign_id: int, *, until: int) -> Iterator[BookedEntry]:
    """Every entry up to number `until`, each page in a session of its own: a slow reader holds none open."""
    after = 0
    while True:
        with database.read() as session:
            page = entries_after(session, after, campaign_id=campaign_id, limit=PAGE_ROWS)
        for entry in page:
            if entry.number > until:
                return
            yield entry
        if len(page) < PAGE_ROWS:
            return
        after = page[-1].number


def public_entry(entry: BookedEntry) -> dict[str, Any]:
    """Amounts in minor units; the day in UTC."""
    return {
        "number": entry.number,
        "id": entry.id,
        "date": f"{entry.occurred_at:%Y-%m-%d}",
        "kind": entry.kind,
        "postings": [
            {"account": p.account, "side": p.side, "amount": p.amount, "currency": p.currency} for p in entry.postings
        ],
    }


def books_as_json(entries: Iterable[BookedEntry], *, head: dict[str, Any]) -> Iterator[str]:
    """One object: what `head` says, then `data`. Piece by piece, an entry a line."""
    yield json.dumps(head)[:-1] + ', "data": ['
    between = "\n"
    for entry in entries:
        yield between + json.dumps(public_entry(entry))
        between = ",\n"
    yield "\n]}\n"


def books_as_csv(entries: Iterable[BookedEntry]) -> Iterator[str]:
    """A posting a row. No field can begin with a character that a spreadsheet would run."""
    yield _row(COLUMNS)
    for entry in entries:
        day = f"{entry.occurred_at:%Y-%m-%d}"
        for p in entry.postings:
            yield _row((entry.number, entry.id, day, entry.kind, p.account, p.side, p.amount, p.currency))


def _row(fields: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(fields)
    return line.getvalue()
