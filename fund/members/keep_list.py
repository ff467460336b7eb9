"""A member list into the database, as chunks that wait: in several transactions, for a large one is many rows."""

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import insert

from fund.db.session import Database
from fund.mail.rules import header_line
from fund.members.forecast_import import forecast_import
from fund.members.imports import find_import
from fund.members.list_rows import Row
from fund.members.models import ImportChunk, MemberImport
from fund.members.read_list import MemberList

CHUNK = 250
"""Rows that are imported in one transaction."""
_CHUNKS_AT_ONCE = 20


def keep_list(
    database: Database, found: MemberList, *, file_name: str, file_sha256: str, locale: str, actor: str, now: datetime
) -> int:
    """The id of an import in state `preview`: nothing is imported yet."""
    kept = MemberImport(
        file_name=header_line(file_name.rpartition("/")[2].rpartition("\\")[2], longest=200) or "list",
        file_sha256=file_sha256,
        encoding=found.encoding,
        delimiter=found.delimiter,
        columns=found.columns.as_json(),
        forecast={},
        consent_text="",
        consent_source="",
        consent_on=now,
        locale=locale,
        state="reading",
        rows=len(found.rows),
        created_by=actor,
        created_at=now,
    )
    with database.write() as session:
        session.add(kept)
    _store(database, kept.id, found.rows)
    with database.read() as session:
        forecast = forecast_import(session, cut_rows(found.rows), found.columns, now=now)
    with database.write() as session:
        row = find_import(session, kept.id, lock=True)
        row.forecast, row.state = forecast, "preview"
    return kept.id


def cut_rows(rows: list[Row]) -> Iterator[list[Row]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _store(database: Database, import_id: int, rows: list[Row]) -> None:
    chunks = [
        {"import_id": import_id, "number": number, "rows": json.dumps(part, ensure_ascii=False)}
        for number, part in enumerate(cut_rows(rows))
    ]
    for start in range(0, len(chunks), _CHUNKS_AT_ONCE):
        with database.write() as session:
            session.execute(insert(ImportChunk), chunks[start : start + _CHUNKS_AT_ONCE])
