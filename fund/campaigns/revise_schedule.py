from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.campaign_to_revise import campaign_to_revise, check_seen
from fund.campaigns.check_schedule import check_schedule
from fund.campaigns.form_costs import form_rules
from fund.campaigns.forms import ScheduleForm
from fund.campaigns.models import FeeSchedule, Revision
from fund.campaigns.queries import current_schedule
from fund.campaigns.record_revision import check_reason, record_revision
from fund.campaigns.rules import breakdown, members_part
from fund.campaigns.schedule_as_form import schedule_as_form
from fund.campaigns.terms import schedule_terms
from fund.campaigns.write_details import write_schedule
from fund.kit.errors import Refusal


def revise_schedule(
    session: Session,
    *,
    campaign_id: int,
    form: ScheduleForm,
    reason: dict[str, str],
    seen: str,
    actor: str,
    now: datetime,
) -> Revision | None:
    """A new version of the fee schedule, in public. Gifts that are being given keep the version they began under.

    None when the schedule reads so already: a form sent twice revises once. `seen` as in `check_seen`.
    """
    campaign = campaign_to_revise(session, campaign_id)
    old = current_schedule(session, campaign.id)
    if schedule_as_form(old) == form:
        return None
    check_seen(campaign, seen)
    check_reason(campaign, reason)
    check_new_schedule(form, share=campaign.organiser_share)
    new = FeeSchedule(campaign_id=campaign.id, version=old.version + 1, created_at=now, target=0)
    before = schedule_terms(campaign, old)
    session.add(new)
    write_schedule(session, new, form)
    return record_revision(
        session,
        campaign,
        kind="schedule",
        reason=reason,
        before=before,
        after=schedule_terms(campaign, new),
        schedule_version=new.version,
        actor=actor,
        now=now,
    )


def check_new_schedule(form: ScheduleForm, *, share: int) -> None:
    """What a schedule needs to take the place of another: it still asks the members for something."""
    if not form.lines:
        raise Refusal("Enter the fee schedule: the target and the members’ part come from it.", field="lines")
    check_schedule(form)
    if not members_part(breakdown(form_rules(form)).target, share):
        raise Refusal("The organiser’s share leaves nothing for the members to give.", field="lines")
