from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.campaigns.record_revision import record_revision
from fund.db.touch_page import touch_page


def record_case(
    session: Session,
    campaign: Campaign,
    *,
    kind: str,
    reason: dict[str, str],
    before: dict[str, Any],
    after: dict[str, Any],
    action: str,
    actor: str,
    now: datetime,
) -> None:
    """Keep a change of who or what is in the case: after launch as a public revision, before it in the audit log."""
    if campaign.status != "draft":
        record_revision(session, campaign, kind=kind, reason=reason, before=before, after=after, actor=actor, now=now)
        return
    campaign.updated_at = now
    session.flush()
    subject = f"campaign:{campaign.id}"
    record_change(session, actor=actor, action=action, subject=subject, before=before, after=after, now=now)
    touch_page(session, campaign.id)


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
