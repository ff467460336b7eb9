from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.mail.cancel_deliveries import cancel_deliveries
from fund.updates.opt_outs import add_opt_outs
from fund.updates.rules import list_id
from fund.updates.unsubscribing import Holder


def leave_events(session: Session, holder: Holder, address: str, *, now: datetime) -> None:
    """Events of that case are no longer mailed to `address`; its updates come as before. Repeating is harmless.

    What it asked for stays noted for the way back. What is queued and not yet sent is stopped.
    """
    campaign = session.get(Campaign, holder.campaign_id)
    if campaign is not None:
        cancel_deliveries(session, address=address, only_list=list_id(campaign.slug, holder.topic))
    if not add_opt_outs(session, address, [(holder.campaign_id, holder.topic)], now=now):
        return
    record_change(
        session,
        actor="link",
        action="leave_events",
        subject=f"campaign:{holder.campaign_id}",
        before={"asked": holder.asked},
        now=now,
    )
