import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from fund.db.session import Database
from tests.factories.campaigns import SLUG, make_campaign
from tests.factories.entries import book, gift
from tests.fixtures.databases import sqlite_only


def run(app: Flask, *arguments: str) -> tuple[int, str, str]:
    done = app.test_cli_runner().invoke(args=list(arguments))
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def books(database: Database) -> Database:
    campaign_id = make_campaign(database)
    make_campaign(database, slug="other")
    book(database, gift(6250, 211), source="txn:one", campaign_id=campaign_id)
    book(database, {"exp:stripe_other": 7, "assets:stripe:cad": -7}, source="txn:two", kind="stripe_fee")
    return database


def test_check_ledger_says_all_in_one_object(app: Flask, books: Database) -> None:
    status, said, complained = run(app, "check-ledger", "--json")
    assert (status, complained) == (0, "")
    assert json.loads(said) == {
        "ok": True,
        "entries": 2,
        "postings": 5,
        "balances": {
            "assets:stripe:cad": {"CAD": 6032},
            f"exp:processing:{SLUG}": {"CAD": 211},
            "exp:stripe_other": {"CAD": 7},
            f"funds:{SLUG}": {"CAD": -6250},
        },
        "problems": [],
    }
    assert books


@sqlite_only
def test_check_ledger_in_words(app: Flask, books: Database) -> None:
    status, said, _ = run(app, "check-ledger")
    assert status == 0
    assert "The ledger is in order: 2 entries, 5 postings" in said
    assert f"funds:{SLUG}" in said
    assert books


@sqlite_only
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_check_ledger_names_a_problem_and_exits_1(app: Flask, books: Database, options: list[str]) -> None:
    with books.write() as session:
        session.execute(text("UPDATE ledger_total SET debit = debit + 1 WHERE kind = 'stripe_fee' AND debit > 0"))
    status, said, complained = run(app, "check-ledger", *options)
    assert status == 1
    assert "stored total of exp:stripe_other" in complained
    if options:
        report: dict[str, Any] = json.loads(said)
        assert (report["ok"], len(report["problems"])) == (False, 1)
    else:
        assert "NOT in order" in said


@sqlite_only
def test_export_of_one_campaign_and_of_all(app: Flask, books: Database) -> None:
    everything = run(app, "export-ledger")[1].splitlines()
    assert [json.loads(line)["source"] for line in everything] == ["txn:one", "txn:two"]
    assert run(app, "export-ledger", "--campaign", SLUG, "--format", "jsonl")[1].splitlines() == everything[:1]
    assert run(app, "export-ledger", "--campaign", "other") == (0, "", "")
    for format_ in ("csv", "beancount", "hledger"):
        status, said, _ = run(app, "export-ledger", "--format", format_)
        assert (status, "txn:two" in said) == (0, True)
    assert books


@sqlite_only
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["export-ledger", "--campaign", "nothing"], 1),
        (["export-ledger", "--format", "xml"], 2),
        (["check-ledger", "extra"], 2),
        (["no-such-command"], 2),
    ],
)
def test_refused_is_1_and_wrong_usage_is_2(app: Flask, arguments: list[str], status: int) -> None:
    found, _, complained = run(app, *arguments)
    assert found == status
    assert complained


@sqlite_only
@pytest.mark.parametrize("format_", ["jsonl", "csv", "beancount", "hledger"])
def test_an_export_into_a_file_is_what_is_printed(app: Flask, books: Database, tmp_path: Path, format_: str) -> None:
    target = tmp_path / "ledger"
    target.write_text("what was there before")
    _, printed, _ = run(app, "export-ledger", "--format", format_)
    assert run(app, "export-ledger", "--format", format_, "--output", str(target)) == (0, "", "")
    assert target.read_text() == printed
    assert books


@sqlite_only
def test_an_export_that_ends_early_leaves_the_file_as_it_was(
    app: Flask, books: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "exports" / "ledger.jsonl"
    target.parent.mkdir()
    target.write_text("what was there before")

    def cut(*_given: object) -> Iterator[str]:
        yield '{"id": '
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("fund.cli.ledger.export_lines", cut)
    status, said, complained = run(app, "export-ledger", "--output", str(target))
    assert (status, said) == (1, "")
    assert complained == "The export could not be written: No space left on device.\n"
    assert [(path.name, path.read_text()) for path in target.parent.iterdir()] == [
        ("ledger.jsonl", "what was there before")
    ]
    assert books


@sqlite_only
def test_an_export_into_a_folder_that_is_not_there(app: Flask, books: Database, tmp_path: Path) -> None:
    status, _, complained = run(app, "export-ledger", "--output", str(tmp_path / "nowhere" / "ledger.jsonl"))
    assert (status, complained) == (1, "The export could not be written: No such file or directory.\n")
    assert books
