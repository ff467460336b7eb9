"""The founding community's list: 46,000 rows in Windows-1252 with semicolons, 500 of them bad (a tenth of it here)."""

import csv
import os
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from fund.kit.clock import utc_now
from fund.members.import_chunk import import_chunk
from fund.members.keep_list import keep_list
from fund.members.models import Member
from fund.members.read_list import read_list
from fund.members.start_import import start_import
from fund.web.services import Services
from tests.factories.member_lists import member_list
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only

ROWS = int(os.environ.get("IMPORT_ROWS", "4600"))
BAD = ROWS * 500 // 46_000


def run(app: Flask, *arguments: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["import-members", *arguments])
    return result.exit_code, result.stdout, result.stderr


def members(services: Services) -> int:
    with services.database.read() as session:
        return session.scalar(select(func.count()).select_from(Member)) or 0


def test_the_whole_list_and_the_whole_list_again(app: Flask, services: Services, tmp_path: Path) -> None:
    made = member_list(ROWS, BAD)
    path, report = tmp_path / "membres.csv", tmp_path / "refused.csv"
    path.write_bytes(made.data)
    status, said, why = run(app, str(path), "--consent", "Oui, écrivez-moi.", "--report", str(report))
    assert (status, said) == (0, f"{ROWS} rows: {made.good} added, 0 known already, {made.bad} refused.\n")
    assert "There are two addresses in one field." in why
    assert members(services) == made.good
    with report.open(newline="") as lines:
        refused = list(csv.DictReader(lines))
    assert len(refused) == made.bad
    assert all(row["line"].isdigit() and row["reason"].endswith(".") for row in refused)
    assert not any(row["field"].startswith(("=", "+", "@")) for row in refused)
    status, said, _ = run(app, str(path), "--consent", "Oui, écrivez-moi.")
    assert (status, members(services)) == (0, made.good)
    assert f": 0 added, {made.good + made.refused['twice']} known already" in said


def test_a_dry_run_does_nothing_and_says_what_it_understood(app: Flask, services: Services, tmp_path: Path) -> None:
    path, report = tmp_path / "membres.csv", tmp_path / "refused.csv"
    path.write_bytes(member_list(100, 8).data)
    status, said, why = run(app, str(path), "--consent", "Yes.", "--dry-run", "--report", str(report))
    assert (status, said) == (0, "100 rows: 92 would be added, 0 known already, 8 refused.\n")
    assert "address: Courriel" in why
    assert "cp1252" in why
    assert len(report.read_text().splitlines()) == 8  # what only the database knows is not in it
    assert members(services) == 0


def interrupted(services: Services, data: bytes) -> int:
    """An import of this file that was killed after its first chunk."""
    now = utc_now()
    import_id = keep_list(
        services.database,
        read_list(data),
        file_name="membres.csv",
        file_sha256=sha256(data).hexdigest(),
        locale="fr",
        actor="command",
        now=now,
    )
    with services.database.write() as session:
        start_import(
            session,
            None,
            import_id=import_id,
            consent_text="Yes.",
            consent_source="the forum",
            consent_on=now,
            locale="fr",
            actor="command",
            now=now,
        )
    with services.database.write() as session:
        assert import_chunk(session, import_id=import_id, now=now)
    return import_id


@pytest.mark.parametrize("by_number", [True, False])
def test_an_interrupted_import_goes_on(app: Flask, services: Services, tmp_path: Path, by_number: bool) -> None:
    path = tmp_path / "membres.csv"
    path.write_bytes(member_list(600, 0).data)
    import_id = interrupted(services, path.read_bytes())
    assert members(services) == 250
    again = ("--resume", str(import_id)) if by_number else (str(path), "--consent", "Yes.")
    for _ in range(2 if by_number else 1):
        status, said, _ = run(app, *again)
        assert (status, said) == (0, "600 rows: 600 added, 0 known already, 0 refused.\n")
    assert members(services) == 600


@pytest.mark.parametrize(
    "given",
    [
        ("a@x.example", (), 2),
        ("a@x.example", ("--consent", " "), 2),
        ("a@x.example", ("--consent", "Yes.", "--delimiter", "::"), 2),
        ("a@x.example", ("--consent", "Yes.", "--date", "2999-01-01"), 1),
        ("a@x.example", ("--consent", "Yes.", "--column-address", "2"), 1),
        ("nobody", ("--consent", "Yes."), 1),
        ("", ("--consent", "Yes."), 1),
    ],
)
def test_what_does_not_do_is_said_and_adds_nobody(
    app: Flask, services: Services, tmp_path: Path, given: tuple[str, tuple[str, ...], int]
) -> None:
    text, arguments, status = given
    path = tmp_path / "list.csv"
    path.write_text(text)
    code, _, why = run(app, str(path), *arguments)
    assert code == status
    assert why
    assert members(services) == 0


def test_columns_encoding_and_delimiter_can_be_said(app: Flask, services: Services, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes("Zoé|old@x.example|new@x.example".encode("mac-roman"))
    options = ("--encoding", "mac-roman", "--delimiter", "bar", "--column-address", "3", "--no-titles")
    assert run(app, str(path), "--consent", "Yes.", *options)[0] == 0
    with services.database.read() as session:
        member = session.scalars(select(Member)).one()
    assert (member.address, member.name) == ("new@x.example", "Zoé")


def test_without_a_file_or_an_import_it_is_wrong_usage(app: Flask) -> None:
    assert run(app)[0] == 2
    assert run(app, "--resume", "7")[0] == 1
