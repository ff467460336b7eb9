from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from fund.db.types import address_index
from fund.members.judge_row import Newcomer, RefusedRow, cut, judge_row
from fund.members.list_columns import Columns
from fund.members.list_rows import Row
from fund.members.look_up_addresses import look_up_addresses


@dataclass(slots=True, repr=False)
class Judged:
    """Some rows of a list. Has no repr: it holds addresses."""

    newcomers: dict[str, Newcomer] = field(default_factory=dict)
    """By the index of the address."""
    suppressed: set[str] = field(default_factory=set)
    """Indexes of those newcomers who are never written to."""
    refused: list[tuple[int, RefusedRow]] = field(default_factory=list)
    """With the line of the file."""
    known: int = 0
    """Members already, before this list."""


def judge_rows(
    session: Session,
    rows: Iterable[Row],
    columns: Columns,
    *,
    import_id: int | None,
    seen: set[str] | None = None,
    now: datetime,
) -> Judged:
    """What would become of each row. `seen`: indexes of the rows before these, to which these are added."""
    seen = set() if seen is None else seen
    judged = Judged()
    good: list[tuple[int, str, Newcomer]] = []
    for line, fields in rows:
        found = judge_row(fields, columns, now=now)
        if isinstance(found, RefusedRow):
            judged.refused.append((line, found))
        else:
            good.append((line, address_index(found.address), found))
    known = look_up_addresses(session, (person.address for _, _, person in good))
    earlier = {index for index, came_by in known.members.items() if import_id is None or came_by != import_id}
    for line, index, person in good:
        if index in earlier:
            judged.known += 1
        elif index in known.gone:
            judged.refused.append((line, RefusedRow("gone", cut(person.address))))
        elif index in seen or index in known.members:
            judged.refused.append((line, RefusedRow("twice", cut(person.address))))
        else:
            judged.newcomers[index] = person
            if index in known.suppressed:
                judged.suppressed.add(index)
        seen.add(index)
    judged.refused.sort(key=lambda one: one[0])
    return judged
