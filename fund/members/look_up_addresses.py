from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.mail.models import Suppression
from fund.members.models import Member
from fund.members.rules import gone_index

AT_ONCE = 250


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some addresses, by the index that a new row would have."""

    members: dict[str, int | None]
    """Those that have a member: the import it came from."""
    gone: set[str]
    """Whose member deleted the account."""
    suppressed: set[str]
    """Who is never written to."""


def look_up_addresses(session: Session, addresses: Iterable[str]) -> Known:
    """For any number of addresses: a few statements for each few hundred of them."""
    first_of: dict[str, str] = {}
    for address in addresses:
        indexes = address_indexes(address)
        first_of.update(dict.fromkeys(indexes, indexes[0]))
    known = Known({}, set(), set())
    every = list(first_of)
    for start in range(0, len(every), AT_ONCE):
        part = every[start : start + AT_ONCE]
        gone = {gone_index(index): index for index in part}
        rows = select(Member.address_index, Member.import_id).where(Member.address_index.in_([*part, *gone]))
        for index, import_id in session.execute(rows):
            if index in gone:
                known.gone.add(first_of[gone[index]])
            else:
                known.members[first_of[index]] = import_id
        silent = select(Suppression.address_index).where(Suppression.address_index.in_(part))
        known.suppressed.update(first_of[index] for index in session.scalars(silent))
    return known
