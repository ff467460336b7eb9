from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.check_form import check_campaign_form
from fund.campaigns.forms import CampaignForm
from fund.campaigns.models import Campaign, FeeSchedule, SurplusPolicy
from fund.campaigns.queries import campaign_by_slug, current_policy, current_schedule
from fund.campaigns.terms import limits_of
from fund.campaigns.write_details import write_limits, write_lists, write_policy, write_schedule, write_texts
from fund.db.touch_page import touch_page
from fund.kit.errors import Refusal


def edit_campaign(session: Session, *, campaign_id: int, form: CampaignForm, actor: str, now: datetime) -> Campaign:
    """Change a campaign. After launch the texts stay open to change; terms, parties and demands do not.

    The terms are slug, currency, organiser's share, fee schedule, cap and days of gifts, and surplus policy: people
    gave under them. In the form of a launched campaign they are ignored; all but slug and currency can be revised in
    public (`revise_schedule` and its neighbours), parties and demands by `revise_parties` and `revise_demands`.
    """
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None:
        raise Refusal("There is no such campaign.", status=404)
    schedule, policy = current_schedule(session, campaign.id), current_policy(session, campaign.id)
    before = _snapshot(campaign, schedule, policy)
    check_campaign_form(form)
    if campaign.status == "draft":
        _write_terms(session, campaign, schedule, policy, form, now)
        write_lists(campaign, form)
    campaign.minimum_gift = form.minimum_gift
    campaign.audience_size = form.audience_size
    campaign.court, campaign.file_number = form.court, form.file_number
    write_texts(campaign, form)
    campaign.updated_at = now
    session.flush()
    after = _snapshot(campaign, schedule, current_policy(session, campaign.id))
    record_change(
        session,
        actor=actor,
        action="edit_campaign",
        subject=f"campaign:{campaign.id}",
        before={name: value for name, value in before.items() if after[name] != value},
        after={name: value for name, value in after.items() if before[name] != value},
        now=now,
    )
    touch_page(session, campaign.id)
    return campaign


def _write_terms(  # noqa: PLR0917  one private step of one use case
    session: Session,
    campaign: Campaign,
    schedule: FeeSchedule,
    policy: SurplusPolicy | None,
    form: CampaignForm,
    now: datetime,
) -> None:
    other = campaign_by_slug(session, form.slug)
    if other is not None and other.id != campaign.id:
        raise Refusal("Another campaign has this address.", field="slug")
    campaign.slug, campaign.currency, campaign.organiser_share = form.slug, form.currency, form.organiser_share
    write_limits(campaign, form.limits)
    write_schedule(session, schedule, form.schedule)
    write_policy(session, campaign, policy, form, now)


def _snapshot(campaign: Campaign, schedule: FeeSchedule, policy: SurplusPolicy | None) -> dict[str, Any]:
    return {
        "slug": campaign.slug,
        "currency": campaign.currency,
        "organiser_share": campaign.organiser_share,
        "minimum_gift": campaign.minimum_gift,
        "audience_size": campaign.audience_size,
        "limits": limits_of(campaign),
        "court": campaign.court,
        "file_number": campaign.file_number,
        "target": schedule.target,
        "policy": {"kind": policy.kind, "text": policy.text} if policy else None,
        "texts": {
            text.locale: {name: getattr(text, name) for name in ("title", "kicker", "standfirst", "story")}
            | {name: getattr(text, name) for name in ("if_we_win", "if_we_lose", "if_we_settle", "terms")}
            for text in campaign.texts
        },
        "parties": [{"side": party.side, "name": party.name} for party in campaign.parties],
        "demands": [demand.text for demand in campaign.demands],
    }
