from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.donations.campaign_progress import campaign_progress
from fund.kit.clock import rfc3339
from fund.updates.live_blocks import has_blocks


def read_figures(
    session: Session, campaign: Campaign, bodies: Iterable[str], *, now: datetime
) -> dict[str, Any] | None:
    """What the live blocks of these texts say now: minor units, hours as text; None where no text has a block."""
    if not has_blocks(bodies):
        return None
    found = campaign_progress(session, campaign)
    return {
        "currency": found.currency,
        "raised": found.raised_gross,
        "part": found.members_part,
        "funded": str(found.hours_funded),
        "total": str(found.hours_total),
        "billed": str(found.hours_billed),
        "at": rfc3339(now),
    }
