from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.closing.find_cover import find_cover
from fund.closing.models import SurplusPlan
from fund.closing.record_step import record_step
from fund.closing.skip_changed import skip_changed
from fund.db.touch_page import touch_page
from fund.kit.addresses import Addresses
from fund.kit.money import format_money
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.members.queries import members_with_role
from fund.work.queue import Queue

OWNER = "owner"


def stop_short_run(
    session: Session, queue: Queue, sender: Sender, addresses: Addresses, *, plan_id: str, now: datetime
) -> bool:
    """Whether a run stops here: it would send money that its campaign no longer has. Asked before each share.

    A dispute that opened, or a refund made in Stripe's dashboard, takes from what was divided. Nothing more is begun
    until the money is there again, or a person decides; the owners are told, once for each time that it stops.
    """
    plan = session.get_one(SurplusPlan, plan_id, with_for_update=True)
    if plan.state != "running" or not find_cover(session, plan.campaign_id).lacks:
        return False
    skip_changed(session, plan)
    cover = find_cover(session, plan.campaign_id)
    if not cover.lacks:
        return False
    plan.state = "short"
    record_step(
        session, plan, action="stop_short_surplus_run", was="running", lacks=cover.lacks, actor="worker", now=now
    )
    touch_page(session, plan.campaign_id)
    _tell(session, queue, sender, addresses, plan=plan, lacks=cover.lacks, now=now)
    return True


def _tell(
    session: Session,
    queue: Queue,
    sender: Sender,
    addresses: Addresses,
    *,
    plan: SurplusPlan,
    lacks: int,
    now: datetime,
) -> None:
    campaign = session.get_one(Campaign, plan.campaign_id)
    for owner in members_with_role(session, OWNER):
        queue_delivery(
            session,
            queue,
            sender,
            key=f"surplus_short:{plan.id}:{now:%Y-%m-%dT%H:%M:%S}:{owner.id}",
            message="surplus_short",
            address=owner.address,
            locale=owner.locale,
            values={
                "campaign_title": campaign.text(owner.locale).title,
                "lacks": format_money(lacks, plan.currency, locale=owner.locale),
                "desk_url": addresses.page(f"/desk/campaigns/{campaign.id}/surplus", owner.locale),
            },
            now=now,
        )
