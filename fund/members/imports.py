"""Reads of member lists that were taken in."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.members.list_rows import Row
from fund.members.models import ImportChunk, ImportRefusal, Member, MemberImport

UNDER_WAY = ("running", "paused")


def find_import(session: Session, import_id: int, *, lock: bool = False) -> MemberImport:
    """Raises Refusal 404."""
    found = session.get(MemberImport, import_id, with_for_update=lock)
    if found is None:
        raise Refusal("There is no such import.", status=404)
    return found


def newest_imports(session: Session, *, limit: int = 50) -> list[MemberImport]:
    query = select(MemberImport).where(MemberImport.state != "reading").order_by(MemberImport.id.desc()).limit(limit)
    return list(session.scalars(query))


def unfinished_import_of(session: Session, file_sha256: str) -> MemberImport | None:
    """One of the same file that was begun and has not come to its end."""
    query = select(MemberImport).where(MemberImport.file_sha256 == file_sha256, MemberImport.state.in_(UNDER_WAY))
    return session.scalars(query.order_by(MemberImport.id.desc())).first()


def imports_nobody_is_at(session: Session, *, older_than: timedelta, now: datetime) -> list[int]:
    """Running ones on which nothing was done for a while."""
    query = select(MemberImport.id).where(
        MemberImport.state == "running",
        func.coalesce(MemberImport.worked_at, MemberImport.created_at) < now - older_than,
    )
    return list(session.scalars(query))


def waiting_rows(session: Session, import_id: int) -> Iterator[list[Row]]:
    """Chunk by chunk; memory does not grow with their number."""
    last = -1
    query = select(ImportChunk.number, ImportChunk.rows).where(ImportChunk.import_id == import_id)
    while (found := session.execute(query.where(ImportChunk.number > last).order_by(ImportChunk.number).limit(1))) and (
        row := found.first()
    ) is not None:
        last = row.number
        yield rows_of(row.rows)


def rows_of(kept: str) -> list[Row]:
    return [(line, fields) for line, fields in json.loads(kept)]


def first_rows(session: Session, import_id: int, *, limit: int = 20) -> list[Row]:
    return next(waiting_rows(session, import_id), [])[:limit]


def refusals(session: Session, import_id: int) -> Iterator[ImportRefusal]:
    """In the order of the file."""
    query = (
        select(ImportRefusal)
        .where(ImportRefusal.import_id == import_id)
        .order_by(ImportRefusal.line, ImportRefusal.id)
        .execution_options(yield_per=500)
    )
    yield from session.scalars(query)


def counts_of_refusals(session: Session, import_id: int) -> dict[str, int]:
    counted = select(ImportRefusal.reason, func.count()).where(ImportRefusal.import_id == import_id)
    return dict(session.execute(counted.group_by(ImportRefusal.reason)).all())


def members_to_invite(session: Session, import_id: int) -> int:
    """How many came by this list, have no password yet and did not leave."""
    query = select(func.count()).select_from(Member).where(*without_password(import_id))
    return session.scalar(query) or 0


def without_password(import_id: int) -> tuple:  # type: ignore[type-arg]  # conditions of SQLAlchemy, of several types
    """Of an import: who may be invited."""
    return (
        Member.import_id == import_id,
        Member.password_hash == "",
        Member.wants_updates.is_(True),
        Member.deleted_at.is_(None),
    )
