from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.launch_checklist import STEPS
from fund.campaigns.models import Campaign, LaunchStep
from fund.kit.errors import Refusal

LONGEST_REASON = 1000
STATES = ("done", "waived", "open")


def settle_launch_step(
    session: Session, *, campaign_id: int, name: str, state: str, reason: str, actor: str, now: datetime
) -> None:
    """Say that a step is `done`, that it is `waived` and why, or that it is `open` again.

    Before launch only: afterwards the list stays as the record of what was seen to. The same said twice changes
    nothing.
    """
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None or name not in STEPS or state not in STATES:
        raise Refusal("There is no such step.", status=404)
    if campaign.status != "draft":
        raise Refusal("This campaign was launched already.", status=409)
    reason = reason.strip()
    if len(reason) > LONGEST_REASON or "\x00" in reason:
        raise Refusal("At most {longest} characters, please.", field="reason", longest=LONGEST_REASON)
    if state == "waived" and not reason:
        raise Refusal("Say why this is not needed here: the reason is kept.", field="reason")
    row = session.get(LaunchStep, (campaign_id, name))
    before = {"state": row.state, "reason": row.reason} if row else {"state": "open"}
    after = {"state": state, "reason": reason} if state != "open" else {"state": "open"}
    if before == after:
        return
    if state == "open":
        session.delete(row)
    else:
        row = row or LaunchStep(campaign_id=campaign_id, name=name)
        row.state, row.reason, row.settled_by, row.settled_at = state, reason, actor, now
        session.add(row)
    record_change(
        session,
        actor=actor,
        action="settle_launch_step",
        subject=f"campaign:{campaign_id}",
        before={name: before},
        after={name: after},
        now=now,
    )
