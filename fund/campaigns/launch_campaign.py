from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.launch_checklist import launch_checklist
from fund.campaigns.models import Campaign
from fund.db.touch_page import touch_page
from fund.kit.errors import Refusal
from fund.ledger.open_account import open_account


def launch_campaign(session: Session, *, campaign_id: int, actor: str, now: datetime) -> Campaign:
    """Open a draft for gifts. Raises Refusal with the first thing that is open; launching twice is one."""
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None:
        raise Refusal("There is no such campaign.", status=404)
    if campaign.status != "draft":
        raise Refusal("This campaign was launched already.", status=409)
    for check in launch_checklist(session, campaign):
        if not check.done and check.by_person:
            raise Refusal("Settle each step of the list first: done, or waived with a reason.", field=check.name)
        if not check.done:
            raise Refusal(check.sentence, field=check.name)
    campaign.status, campaign.opened_at, campaign.updated_at = "open", now, now
    for account in (f"funds:{campaign.slug}", f"exp:processing:{campaign.slug}", f"exp:fee_tax:{campaign.slug}"):
        open_account(session, account)
    record_change(
        session,
        actor=actor,
        action="launch_campaign",
        subject=f"campaign:{campaign.id}",
        before={"status": "draft"},
        after={"status": "open"},
        now=now,
    )
    touch_page(session, campaign.id)
    return campaign
