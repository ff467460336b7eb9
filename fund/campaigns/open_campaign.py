from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.check_form import check_campaign_form
from fund.campaigns.forms import CampaignForm
from fund.campaigns.models import Campaign, FeeSchedule
from fund.campaigns.queries import campaign_by_slug
from fund.campaigns.write_details import write_limits, write_lists, write_policy, write_schedule, write_texts
from fund.kit.errors import Refusal


def open_campaign(session: Session, *, form: CampaignForm, actor: str, now: datetime) -> Campaign:
    """Start a campaign as a draft that only the desk sees."""
    check_campaign_form(form)
    if campaign_by_slug(session, form.slug):
        raise Refusal("Another campaign has this address.", field="slug")
    campaign = Campaign(
        slug=form.slug,
        currency=form.currency,
        organiser_share=form.organiser_share,
        minimum_gift=form.minimum_gift,
        audience_size=form.audience_size,
        court=form.court,
        file_number=form.file_number,
        created_at=now,
        updated_at=now,
    )
    write_limits(campaign, form.limits)
    write_texts(campaign, form)
    write_lists(campaign, form)
    session.add(campaign)
    session.flush()
    schedule = FeeSchedule(campaign_id=campaign.id, version=1, created_at=now, target=0)
    session.add(schedule)
    write_schedule(session, schedule, form.schedule)
    write_policy(session, campaign, None, form, now)
    record_change(
        session,
        actor=actor,
        action="open_campaign",
        subject=f"campaign:{campaign.id}",
        after={"slug": form.slug, "currency": form.currency, "target": schedule.target},
        now=now,
    )
    return campaign
