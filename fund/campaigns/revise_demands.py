from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.campaigns.case_forms import DemandRow
from fund.campaigns.case_rules import LONGEST_DEMAND, check_period, clean_lines
from fund.campaigns.models import Campaign, Demand
from fund.campaigns.queries_of_case import campaign_to_change
from fund.campaigns.record_case import iso
from fund.campaigns.replace_rows import replace_rows
from fund.kit.errors import Refusal

MOST_DEMANDS = 60


def revise_demands(
    session: Session,
    *,
    campaign_id: int,
    rows: Sequence[DemandRow],
    reason: dict[str, str],
    seen: str,
    actor: str,
    now: datetime,
) -> Campaign:
    """Say anew what is demanded. After launch with a public reason: a demand that was dropped gets its last day.

    `rows`, `seen` and the fields of refusals as in revise_parties.
    """
    campaign = campaign_to_change(session, campaign_id)
    replace_rows(
        session,
        campaign,
        kind="demands",
        rows=_check(rows),
        public=_public,
        if_fewer=Refusal("No demand is taken off the list after launch. Enter the last day instead."),
        reason=reason,
        seen=seen,
        actor=actor,
        now=now,
    )
    return campaign


def _check(rows: Sequence[DemandRow]) -> list[Demand]:
    if len(rows) > MOST_DEMANDS:
        raise Refusal("At most {most} lines, please.", most=MOST_DEMANDS)
    kept = []
    for position, row in enumerate(rows):
        at = f"row_{position}"
        text = clean_lines(row.text, LONGEST_DEMAND, field="text", row=f"{at}_")
        if not text:
            raise Refusal("Each line needs a text.", field=f"{at}_en_text")
        check_period(row.from_on, row.until_on, field=f"{at}_until_on")
        kept.append(Demand(position=position, text=text, from_on=row.from_on, until_on=row.until_on))
    return kept


def _public(demands: Sequence[Demand]) -> dict[str, Any]:
    return {
        "demands": [{"text": one.text, "from_on": iso(one.from_on), "until_on": iso(one.until_on)} for one in demands]
    }
