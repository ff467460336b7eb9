"""The journal as others read it, each format read back by a small reader of its own."""

import csv
import io
import json
import re
from collections import defaultdict
from decimal import Decimal

import pytest

from fund.campaigns.queries import all_campaigns
from fund.db.session import Database
from fund.ledger.queries import balances, entries
from fund.reports.export_ledger import export_lines
from tests.factories.campaigns import SLUG, make_campaign
from tests.factories.entries import book, gift
from tests.fixtures.databases import sqlite_only

Balances = dict[str, dict[str, int]]
KWD = "kuwait-2"


@pytest.fixture
def books(database: Database) -> Database:
    labels = make_campaign(database)
    other = make_campaign(database, slug=KWD, currency="KWD", minimum_gift=500)
    book(database, gift(6250, 211, 11), source="txn:one", campaign_id=labels)
    book(database, {f"funds:{SLUG}": 500, "assets:stripe:cad": -500}, kind="refund", campaign_id=labels)
    book(database, gift(5120, slug=KWD, currency="KWD"), campaign_id=other, currency="KWD")
    book(database, {"exp:stripe_other": 7, "assets:stripe:jpy": -7}, kind="stripe_fee", currency="JPY")
    book(database, {"assets:trust:a:b": 5, "assets:bank:cad": -5}, kind="advance")
    book(database, {"passed_on:a": 5, "funds_transfer": -5, "liab:bills:a": 3, "funds_organiser:a": -3})
    book(database, {"gain:fx:a": -2, "suspense:topup": 2, "liab:refunds_owed": 1, "assets:reserve:cad": -1})
    return database


def export(books: Database, format_: str) -> str:
    with books.read() as session:
        slugs = {campaign.id: campaign.slug for campaign in all_campaigns(session)}
        return "".join(export_lines(entries(session), slugs, format_))


def expected(books: Database) -> Balances:
    with books.read() as session:
        return balances(session)


def test_json_lines_in_the_shape_of_the_contract(books: Database) -> None:
    rows = [json.loads(line) for line in export(books, "jsonl").splitlines()]
    assert [list(row) for row in rows] == [
        ["id", "source", "kind", "campaign", "occurred_at", "recorded_at", "postings"]
    ] * 7
    first = rows[0]
    assert (first["source"], first["kind"], first["campaign"]) == ("txn:one", "gift", SLUG)
    assert first["occurred_at"] == "2026-11-01T12:00:00Z"
    assert first["postings"][0] == {
        "account": "assets:stripe:cad", "side": "debit", "amount": 6039, "currency": "CAD",
    }  # fmt: skip
    assert [row["campaign"] for row in rows[:4]] == [SLUG, SLUG, KWD, None]
    assert len({row["source"] for row in rows}) == len({row["id"] for row in rows}) == 7
    found: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        for one in row["postings"]:
            found[one["account"]][one["currency"]] += one["amount"] * (1 if one["side"] == "debit" else -1)
    assert found == expected(books)


def test_csv_for_spreadsheets(books: Database) -> None:
    rows = list(csv.DictReader(io.StringIO(export(books, "csv"), newline="")))
    assert len(rows) == 4 + 2 + 2 + 2 + 2 + 4 + 4
    assert (rows[0]["campaign"], rows[0]["amount"], rows[0]["side"]) == (SLUG, "6039", "debit")
    assert not any(value.startswith(("=", "+", "-", "@", "\t")) for row in rows for value in row.values())
    found: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[row["account"]][row["currency"]] += int(row["amount"]) * (1 if row["side"] == "debit" else -1)
    assert found == expected(books)


@sqlite_only
def test_beancount_can_read_it(books: Database) -> None:
    """Its grammar: accounts are opened before use, begin with one of five roots, and each entry adds up."""
    opened: set[str] = set()
    sums: list[defaultdict[str, Decimal]] = []
    for line in export(books, "beancount").splitlines():
        if match := re.fullmatch(r"\d{4}-\d\d-\d\d open (\S+)", line):
            opened.add(match[1])
        elif re.fullmatch(r'\d{4}-\d\d-\d\d \* "[^"]*" "[^"]*"', line):
            sums.append(defaultdict(Decimal))
        elif match := re.fullmatch(r"  ([A-Z]\S+)  (-?\d+(?:\.\d+)?) ([A-Z]{3})", line):
            assert match[1] in opened
            sums[-1][match[3]] += Decimal(match[2])
        else:
            assert re.fullmatch(r'  source: "[^"]+"', line) or not line, line
    roots = "Assets|Liabilities|Equity|Income|Expenses"
    assert all(re.fullmatch(rf"(?:{roots})(?::[A-Z0-9][A-Za-z0-9-]*)+", account) for account in opened), opened
    assert len(opened) == len(expected(books))
    assert len(sums) == 7
    assert not any(value for one in sums for value in one.values())


@sqlite_only
def test_hledger_can_read_it(books: Database) -> None:
    """Its grammar: a dated head, then account, two spaces, amount; each entry adds up."""
    found: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    heads = 0
    for line in export(books, "hledger").splitlines():
        if match := re.fullmatch(r"    (\S+)  (-?\d+(?:\.\d+)?) ([A-Z]{3})", line):
            found[match[1]][match[3]] += Decimal(match[2])
        elif line:
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \* \([^)]+\) \w+ \| \S+", line), line
            heads += 1
    assert heads == 7
    assert found["assets:stripe:cad"]["CAD"] == Decimal("55.39")
    assert found["assets:stripe:jpy"]["JPY"] == -7
    assert found[f"funds:{KWD}"]["KWD"] == Decimal("-5.120")
    for currency in ("CAD", "KWD", "JPY"):
        assert sum(one[currency] for one in found.values()) == 0
