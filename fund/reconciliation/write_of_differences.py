import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.kit.addresses import Addresses
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.members.queries import members_with_role
from fund.reconciliation.models import Cursor
from fund.reconciliation.report import Difference
from fund.reconciliation.words import DIFFERENCES
from fund.work.queue import Queue

OWNER = "owner"
TOLD = "differences_told"
"""The cursor that says which set of differences the owners were last told of; empty once there are none."""
NAMED = 20
"""So many are named in the mail; the desk has them all."""


def write_of_differences(
    session: Session,
    queue: Queue,
    sender: Sender,
    addresses: Addresses,
    *,
    differences: Sequence[Difference],
    now: datetime,
) -> bool:
    """The books were found to differ from Stripe's: tell each owner, once for each set of differences.

    The same set on the next night is not told again, whatever its amounts have become; after a night without any it is.
    """
    insert_new(session, Cursor, [{"name": TOLD, "moment": None, "last_id": ""}], unique=["name"])
    told = session.get_one(Cursor, TOLD, with_for_update=True)
    found = _which(differences)
    if found == told.last_id:
        return False
    told.last_id, told.moment = found, now
    if not differences:
        return False
    for owner in members_with_role(session, OWNER):
        queue_delivery(
            session,
            queue,
            sender,
            key=f"books_differ:{now:%Y-%m-%d}:{found[:12]}:{owner.id}",
            message="books_differ",
            address=owner.address,
            locale=owner.locale,
            values={
                "count": len(differences),
                "differences": [(one.rule, DIFFERENCES.say(one.what, owner.locale)) for one in differences[:NAMED]],
                "more": max(0, len(differences) - NAMED),
                "desk_url": addresses.page("/desk/reconciliation", owner.locale),
            },
            now=now,
        )
    return True


def _which(differences: Sequence[Difference]) -> str:
    """One word for a set of differences: their rules and ids, without amounts, which move from night to night."""
    names = sorted({f"{one.rule} {_name(one.what)}" for one in differences})
    return hashlib.sha256("\n".join(names).encode()).hexdigest() if names else ""


def _name(what: str) -> str:
    template, values = DIFFERENCES.find(what) or (what, {})
    return " ".join([template, *(value for value in values.values() if not value.lstrip("-").isdigit())])
