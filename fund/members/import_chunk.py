from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.insert_new import insert_new
from fund.members.imports import find_import, rows_of
from fund.members.judge_row import Newcomer
from fund.members.judge_rows import Judged, judge_rows
from fund.members.list_columns import Columns
from fund.members.models import ImportChunk, ImportRefusal, Member, MemberImport


def import_chunk(session: Session, *, import_id: int, now: datetime) -> bool:
    """Import the next few hundred rows; whether there are more. False for an import that is not running.

    The chunk is deleted in the same transaction: killed anywhere, each chunk is done once. Two workers at the same
    import take turns at its row.
    """
    found = find_import(session, import_id, lock=True)
    if found.state != "running":
        return False
    chunks = select(ImportChunk).where(ImportChunk.import_id == import_id).order_by(ImportChunk.number).limit(2)
    waiting = list(session.scalars(chunks))
    if waiting:
        rows = rows_of(waiting[0].rows)
        judged = judge_rows(session, rows, Columns.from_json(found.columns), import_id=import_id, now=now)
        added = insert_new(session, Member, _members(found, judged, now), unique=["address_index"])
        _note_refused(session, import_id, judged)
        session.delete(waiting[0])
        found.rows_done += len(rows)
        found.added += added
        found.known += judged.known + len(judged.newcomers) - added
        found.refused += len(judged.refused)
        found.suppressed += len(judged.suppressed)
        found.worked_at = now
    if len(waiting) > 1:
        return True
    _end(session, found, now)
    return False


def _members(found: MemberImport, judged: Judged, now: datetime) -> list[dict[str, Any]]:
    """As rows: no password is hashed, for nobody has chosen one.

    In the order of their indexes, so that two lists with the same people wait for each other and not in a circle.
    """
    in_order = sorted(judged.newcomers)
    return [_member(found, index, judged.newcomers[index], now) for index in in_order]


def _member(found: MemberImport, index: str, person: Newcomer, now: datetime) -> dict[str, Any]:
    return {
        "address": person.address,
        "address_index": index,
        "name": person.name,
        "password_hash": "",
        "locale": person.locale or found.locale,
        "wants_updates": True,
        "consent_source": found.consent_source,
        "consent_at": person.consent_at or found.consent_on,
        "import_id": found.id,
        "created_at": now,
    }


def _note_refused(session: Session, import_id: int, judged: Judged) -> None:
    rows = [
        {"import_id": import_id, "line": line, "reason": row.reason, "given": row.given} for line, row in judged.refused
    ]
    if rows:
        session.execute(insert(ImportRefusal), rows)


def _end(session: Session, found: MemberImport, now: datetime) -> None:
    found.state, found.ended_at = "done", now
    record_change(
        session,
        actor=found.created_by,
        action="import_members",
        subject=f"import:{found.id}",
        after={"added": found.added, "known": found.known, "refused": found.refused, "suppressed": found.suppressed},
        now=now,
    )
