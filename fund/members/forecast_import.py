from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.members.judge_rows import judge_rows
from fund.members.list_columns import Columns
from fund.members.list_rows import Row


def forecast_import(
    session: Session, parts: Iterable[list[Row]], columns: Columns, *, import_id: int | None = None, now: datetime
) -> dict[str, Any]:
    """What an import would do, without doing it: `rows`, `added`, `known`, `suppressed`, and `refused` by reason."""
    seen: set[str] = set()
    totals: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for rows in parts:
        judged = judge_rows(session, rows, columns, import_id=import_id, seen=seen, now=now)
        totals["rows"] += len(rows)
        totals["added"] += len(judged.newcomers)
        totals["known"] += judged.known
        totals["suppressed"] += len(judged.suppressed)
        reasons.update(row.reason for _, row in judged.refused)
    return {
        **{name: totals[name] for name in ("rows", "added", "known", "suppressed")},
        "refused": dict(reasons),
    }
