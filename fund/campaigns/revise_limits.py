from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.campaign_to_revise import campaign_to_revise, check_seen
from fund.campaigns.check_schedule import check_limits
from fund.campaigns.forms import LimitsForm
from fund.campaigns.models import Revision
from fund.campaigns.record_revision import check_reason, record_revision
from fund.campaigns.terms import limits_of
from fund.campaigns.write_details import write_limits


def revise_limits(
    session: Session,
    *,
    campaign_id: int,
    form: LimitsForm,
    reason: dict[str, str],
    seen: str,
    actor: str,
    now: datetime,
) -> Revision | None:
    """The cap, and the first and last day of gifts. Where that ends the gifts, the caller stops those under way.

    None when they are so already: a form sent twice revises once. `seen` as in `check_seen`.
    """
    campaign = campaign_to_revise(session, campaign_id)
    if LimitsForm(campaign.hard_cap, campaign.gifts_from, campaign.gifts_until) == form:
        return None
    check_seen(campaign, seen)
    check_reason(campaign, reason)
    check_limits(form, currency=campaign.currency, minimum_gift=campaign.minimum_gift)
    before = limits_of(campaign)
    write_limits(campaign, form)
    return record_revision(
        session,
        campaign,
        kind="limits",
        reason=reason,
        before=before,
        after=limits_of(campaign),
        actor=actor,
        now=now,
    )
