from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.mail.cancel_deliveries import cancel_deliveries
from fund.mail.models import Suppression
from fund.mail.queries_of_reports import find_suppression
from fund.mail.rules import is_address
from fund.mail.suppress import suppress

SOURCE = "desk"
BY_HAND = ("asked", "bounced", "complained")


def suppress_by_hand(session: Session, *, address: str, reason: str, actor: str, now: datetime) -> bool:
    """Somebody at the desk ends mail to many for an address; what is queued for it is stopped.

    False when it had ended already. Raises Refusal on `address` or `reason`.
    """
    address = address.strip()
    if not is_address(address):
        raise Refusal("This is not an e-mail address.", field="address")
    if reason not in BY_HAND:
        raise Refusal("Choose one of the reasons.", field="reason")
    if find_suppression(session, address) is not None:
        return False
    cancel_deliveries(session, address=address)
    if not suppress(session, address=address, reason=reason, source=SOURCE, now=now):
        return False
    newest = select(Suppression.id).order_by(Suppression.id.desc()).limit(1)
    record_change(
        session,
        actor=actor,
        action="suppress_by_hand",
        subject=f"suppression:{session.scalar(newest)}",
        after={"reason": reason},
        now=now,
    )
    return True
