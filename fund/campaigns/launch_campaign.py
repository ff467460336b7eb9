from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.campaigns.queries import current_policy, current_schedule
from fund.campaigns.rules import members_part
from fund.db.touch_page import touch_page
from fund.kit.errors import Refusal
from fund.ledger.open_account import open_account


@dataclass(frozen=True, slots=True)
class Check:
    """One thing a launch needs: `sentence` says what is missing, for the person who will fix it."""

    name: str
    done: bool
    sentence: str


def launch_checklist(session: Session, campaign: Campaign) -> list[Check]:
    schedule = current_schedule(session, campaign.id)
    policy = current_policy(session, campaign.id)
    texts = campaign.texts
    stakes = all(text.if_we_win and text.if_we_lose and text.if_we_settle for text in texts)
    return [
        Check(
            "surplus_policy",
            policy is not None and all(policy.text.get(text.locale) for text in texts),
            "Say what happens to a surplus, in every language of the campaign.",
        ),
        Check(
            "fee_schedule",
            members_part(schedule.target, campaign.organiser_share) > 0,
            "The organiser’s share leaves nothing for the members to give."
            if schedule.target
            else "Enter the fee schedule: the target and the members' part come from it.",
        ),
        Check(
            "texts",
            bool(texts) and all(text.title and text.standfirst and text.story for text in texts),
            "Write title, opening lines and story in every language of the campaign.",
        ),
        Check("stakes", bool(texts) and stakes, "Say what it means if you win, if you lose and if you settle."),
        Check("parties", bool(campaign.parties), "Name who is threatened and by whom."),
        Check("demands", bool(campaign.demands), "List what the letters demand."),
    ]


def launch_campaign(session: Session, *, campaign_id: int, actor: str, now: datetime) -> Campaign:
    """Open a draft for gifts. Raises Refusal with the first missing thing; launching twice is one."""
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None:
        raise Refusal("There is no such campaign.", status=404)
    if campaign.status != "draft":
        raise Refusal("This campaign was launched already.", status=409)
    for check in launch_checklist(session, campaign):
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
