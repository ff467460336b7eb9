from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.mail.models import Suppression
from fund.mail.rules import header_line

LONGEST_REASON = 300


def lift_suppression(
    session: Session, *, suppression_id: int, reason: str, asked_in_writing: bool, actor: str, now: datetime
) -> None:
    """Somebody at the desk lets mail to many go to an address again, and says why.

    Whoever complained, or asked for no more mail, gets none before they say in writing that they want it.
    Raises Refusal: 404 not on the list (any more), 422 on `reason` or `asked_in_writing`.
    """
    row = session.get(Suppression, suppression_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Refusal("This address is not on the list any more.", status=404)
    why = header_line(reason, longest=LONGEST_REASON)
    if not why:
        raise Refusal("Write why.", field="reason")
    if "@" in why:
        raise Refusal("Write no address here: the audit log is kept for ever.", field="reason")
    if row.reason != "bounced" and not asked_in_writing:
        raise Refusal(
            "This person asked for no more mail, or reported it. Only their own wish, in writing, changes that.",
            field="asked_in_writing",
        )
    record_change(
        session,
        actor=actor,
        action="lift_suppression",
        subject=f"suppression:{row.id}",
        before={"reason": row.reason, "source": row.source, "since": row.since.isoformat()},
        after={"reason": why, "asked_in_writing": asked_in_writing},
        now=now,
    )
    session.delete(row)
    session.flush()
