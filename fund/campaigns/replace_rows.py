from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, Demand, Party
from fund.campaigns.record_case import record_case
from fund.kit.errors import Refusal

Row = TypeVar("Row", Party, Demand)


def replace_rows(
    session: Session,
    campaign: Campaign,
    *,
    kind: str,
    rows: list[Row],
    public: Callable[[Sequence[Row]], dict[str, Any]],
    if_fewer: Refusal,
    reason: dict[str, str],
    seen: str,
    actor: str,
    now: datetime,
) -> None:
    """Put these in the place of a campaign's `parties` or `demands`, and keep what changed as `public` says it.

    Sent twice, it changes once. After launch none is taken off the list: `if_fewer` says so.
    """
    present: Sequence[Row] = getattr(campaign, kind)
    before, after = public(present), public(rows)
    if before == after:
        return
    if campaign.updated_at.isoformat() != seen:
        raise Refusal("Somebody else changed this campaign meanwhile. Look at their version first.", status=409)
    if campaign.status != "draft" and len(rows) < len(present):
        raise if_fewer
    setattr(campaign, kind, rows)
    record_case(
        session,
        campaign,
        kind=kind,
        reason=reason,
        before=before,
        after=after,
        action=f"revise_{kind}",
        actor=actor,
        now=now,
    )
