from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.db.touch_page import touch_page
from fund.kit.errors import Refusal
from fund.updates.models import Update
from fund.updates.queries import update_to_change


def pin_update(session: Session, *, update_id: int, pinned: bool, actor: str, now: datetime) -> Update:
    """Put a published update above the others of its campaign, in place of the one that was there; or take it down."""
    update = update_to_change(session, update_id)
    if update.state != "published":
        raise Refusal("Only what is published can stand on top.", status=409)
    if update.pinned == pinned:
        return update
    session.get_one(Campaign, update.campaign_id, with_for_update=True)  # two at once: one stays
    there = select(Update).where(Update.campaign_id == update.campaign_id, Update.pinned.is_(True))
    before = [other.number for other in session.scalars(there)]
    for other in session.scalars(there):
        other.pinned = False
    update.pinned = pinned
    record_change(
        session,
        actor=actor,
        action="pin_update",
        subject=f"update:{update.id}",
        before={"pinned": before},
        after={"pinned": [update.number] if pinned else []},
        now=now,
    )
    touch_page(session, update.campaign_id)
    return update
