from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.closing.models import SurplusPlan


def record_step(
    session: Session, plan: SurplusPlan, *, action: str, was: str, actor: str, now: datetime, **more: object
) -> None:
    """Keep in the audit log that somebody took a plan from one state to the next."""
    record_change(
        session,
        actor=actor,
        action=action,
        subject=f"campaign:{plan.campaign_id}",
        before={"plan": plan.id, "state": was},
        after={"plan": plan.id, "state": plan.state, **more},
        now=now,
    )
