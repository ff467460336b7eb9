"""The journal in the formats that accountants and scripts read. Streams: one entry at a time."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from fund.kit.clock import rfc3339
from fund.kit.money import decimals
from fund.ledger.queries import BookedEntry

Slugs = dict[int, str]


def export_lines(entries: Iterable[BookedEntry], slugs: Slugs, format_: str) -> Iterator[str]:
    """Text to write, piece by piece; `format_` is a key of FORMATS. `slugs` names campaigns by id."""
    return FORMATS[format_](entries, slugs)


def _jsonl(entries: Iterable[BookedEntry], slugs: Slugs) -> Iterator[str]:
    for entry in entries:
        yield (
            json.dumps(
                {
                    "id": entry.id,
                    "source": entry.source,
                    "kind": entry.kind,
                    "campaign": _slug(entry, slugs),
                    "occurred_at": rfc3339(entry.occurred_at),
                    "recorded_at": rfc3339(entry.recorded_at),
                    "postings": [
                        {"account": p.account, "side": p.side, "amount": p.amount, "currency": p.currency}
                        for p in entry.postings
                    ],
                }
            )
            + "\n"
        )


def _csv(entries: Iterable[BookedEntry], slugs: Slugs) -> Iterator[str]:
    """One posting a row; amounts in minor units. No field can begin with a character a spreadsheet would run."""
    yield _row(
        ["entry", "source", "kind", "campaign", "occurred_at", "recorded_at", "account", "side", "amount", "currency"]
    )
    for entry in entries:
        for p in entry.postings:
            yield _row(
                [
                    entry.id,
                    entry.source,
                    entry.kind,
                    _slug(entry, slugs) or "",
                    rfc3339(entry.occurred_at),
                    rfc3339(entry.recorded_at),
                    p.account,
                    p.side,
                    str(p.amount),
                    p.currency,
                ]
            )


def _beancount(entries: Iterable[BookedEntry], slugs: Slugs) -> Iterator[str]:
    """Accounts as Beancount wants them: `assets:stripe:cad` becomes `Assets:Stripe:Cad`."""
    opened: set[str] = set()
    for entry in entries:
        day = f"{entry.occurred_at:%Y-%m-%d}"
        for account in sorted({p.account for p in entry.postings} - opened):
            opened.add(account)
            yield f"1970-01-01 open {_beancount_account(account)}\n"
        yield f'{day} * "{entry.kind}" "{_slug(entry, slugs) or "site"}"\n  source: "{entry.source}"\n'
        for p in entry.postings:
            yield f"  {_beancount_account(p.account)}  {_major(p.amount, p.currency, p.side)} {p.currency}\n"
        yield "\n"


def _hledger(entries: Iterable[BookedEntry], slugs: Slugs) -> Iterator[str]:
    for entry in entries:
        campaign = _slug(entry, slugs) or "site"
        yield f"{entry.occurred_at:%Y-%m-%d} * ({entry.source}) {entry.kind} | {campaign}\n"
        for p in entry.postings:
            yield f"    {p.account}  {_major(p.amount, p.currency, p.side)} {p.currency}\n"
        yield "\n"


_BEANCOUNT_ROOTS = {
    "assets": "Assets",
    "liab": "Liabilities",
    "exp": "Expenses",
    "gain": "Income:Gain",
    "funds": "Equity:Funds",
    "funds_organiser": "Equity:Organiser",
    "funds_transfer": "Equity:Transfer",
    "passed_on": "Expenses:Passed-On",
    "suspense": "Equity:Suspense",
}


def _beancount_account(name: str) -> str:
    root, *rest = name.split(":")
    parts = [part[:1].upper() + part[1:].replace("_", "-") for part in rest]
    return ":".join([_BEANCOUNT_ROOTS[root], *parts])


def _major(amount: int, currency: str, side: str) -> str:
    signed = Decimal(amount if side == "debit" else -amount)
    return f"{signed.scaleb(-decimals(currency)):f}"


def _slug(entry: BookedEntry, slugs: Slugs) -> str | None:
    return slugs.get(entry.campaign_id) if entry.campaign_id is not None else None


def _row(fields: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(fields)
    return line.getvalue()


FORMATS: dict[str, Callable[[Iterable[BookedEntry], Slugs], Iterator[str]]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "beancount": _beancount,
    "hledger": _hledger,
}
