from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.campaign_to_revise import campaign_to_revise, check_seen
from fund.campaigns.check_form import check_share
from fund.campaigns.models import Campaign, FeeSchedule, Revision
from fund.campaigns.progress import books_progress
from fund.campaigns.queries import current_schedule
from fund.campaigns.record_revision import check_reason, record_revision
from fund.campaigns.rules import members_part
from fund.campaigns.terms import share_terms
from fund.kit.errors import Refusal
from fund.kit.money import Money


def revise_share(
    session: Session,
    *,
    campaign_id: int,
    share: int,
    reason: dict[str, str],
    seen: str,
    actor: str,
    now: datetime,
) -> Revision | None:
    """What the organiser promises to pay, minor units; the members' part follows from it.

    None when it is so already: a form sent twice revises once. `seen` as in `check_seen`.
    """
    campaign = campaign_to_revise(session, campaign_id)
    if campaign.organiser_share == share:
        return None
    check_seen(campaign, seen)
    check_reason(campaign, reason)
    schedule = current_schedule(session, campaign.id)
    check_new_share(session, campaign, schedule, share)
    before = share_terms(campaign, schedule)
    campaign.organiser_share = share
    return record_revision(
        session,
        campaign,
        kind="share",
        reason=reason,
        before=before,
        after=share_terms(campaign, schedule),
        actor=actor,
        now=now,
    )


def check_new_share(session: Session, campaign: Campaign, schedule: FeeSchedule, share: int) -> None:
    check_share(share, schedule.target)
    if not members_part(schedule.target, share):
        raise Refusal("The organiser’s share leaves nothing for the members to give.", field="organiser_share")
    paid = books_progress(session, campaign, schedule).organiser_paid
    if share < paid:
        raise Refusal(
            "The organiser has paid {paid} already.", field="organiser_share", paid=Money(paid, campaign.currency)
        )
