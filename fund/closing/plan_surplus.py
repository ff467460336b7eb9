import uuid
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.closing.draw_plan import DrawnPlan, draw_plan
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.queries import live_plan
from fund.kit.errors import Refusal


def plan_surplus(session: Session, *, campaign_id: int, actor: str, now: datetime) -> SurplusPlan:
    """Freeze who gets what of a surplus. Nothing moves before it is confirmed; a campaign has one plan at a time.

    The same plan asked for twice is one plan.
    """
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None or campaign.status == "draft":
        raise Refusal("There is no such campaign.", status=404)
    known = live_plan(session, campaign.id)
    if known is not None and known.state != "draft":
        raise Refusal("There is a plan already, and it was confirmed.", status=409)
    drawn = draw_plan(session, campaign)
    if known is not None:
        if known.digest == drawn.digest:
            return known
        raise Refusal("There is a plan already. Give it up before you make another.", status=409)
    plan = _freeze(session, campaign, drawn, actor, now)
    record_change(
        session,
        actor=actor,
        action="plan_surplus",
        subject=f"campaign:{campaign.id}",
        after={"plan": plan.id, "surplus": plan.surplus, "gifts": plan.gifts, "digest": plan.digest},
        now=now,
    )
    return plan


def _freeze(session: Session, campaign: Campaign, drawn: DrawnPlan, actor: str, now: datetime) -> SurplusPlan:
    plan = SurplusPlan(
        id=str(uuid.uuid4()),
        campaign_id=campaign.id,
        live_key=campaign.id,
        state="draft",
        surplus=drawn.surplus,
        base=drawn.split.base,
        currency=campaign.currency,
        gifts=len(drawn.rows),
        digest=drawn.digest,
        made_at=now,
        made_by=actor,
    )
    session.add(plan)
    session.flush()
    session.execute(
        insert(SurplusShare),
        [
            {"plan_id": plan.id, "position": position, "donation_id": id_, "base": left, "amount": amount}
            for position, (id_, left, amount) in enumerate(drawn.rows, 1)
        ],
    )
    return plan
