from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.payments.models import Alert


def settle_alert(session: Session, *, alert_id: int, actor: str, now: datetime) -> Alert:
    """Somebody has looked and done what was needed. Settling twice changes nothing."""
    alert = session.get(Alert, alert_id, with_for_update=True)
    if alert is None:
        raise Refusal("There is no such alert.", status=404)
    if alert.settled_at is None:
        alert.settled_at, alert.settled_by = now, actor
        record_change(
            session, actor=actor, action="settle_alert", subject=f"alert:{alert.id}", after={"key": alert.key}, now=now
        )
    return alert
