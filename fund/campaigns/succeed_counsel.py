from datetime import date, datetime

from sqlalchemy.orm import Session

from fund.campaigns.case_forms import CounselForm
from fund.campaigns.case_rules import check_period, same_person
from fund.campaigns.counsel_list import check_counsel, keep_change, new_counsel, public_list
from fund.campaigns.models import Counsel
from fund.campaigns.queries_of_case import campaign_counsel, counsel_to_change
from fund.kit.errors import Refusal


def succeed_counsel(
    session: Session,
    *,
    counsel_id: int,
    last_on: date,
    form: CounselForm,
    reason: dict[str, str],
    actor: str,
    now: datetime,
) -> Counsel:
    """One lawyer goes, another takes over: one change, one reason. Money in trust follows by an entry of its own."""
    campaign, leaving = counsel_to_change(session, counsel_id)
    listed = campaign_counsel(session, campaign.id)
    for one in listed:
        if one.id != leaving.id and same_person(one.name, form.name) and one.from_on == form.from_on:
            if leaving.until_on == last_on:
                return one
            break
    if leaving.until_on is not None and leaving.until_on <= last_on:
        raise Refusal("{name} has left already.", status=409, name=leaving.name)
    if same_person(leaving.name, form.name):
        raise Refusal("A successor is somebody else.", field="name")
    check_period(leaving.from_on, last_on, field="last_on")
    before = public_list(session, campaign)
    leaving.until_on = last_on
    checked = check_counsel(form, listed, now=now)
    added = new_counsel(campaign, checked, (one.key for one in listed), now=now)
    session.add(added)
    keep_change(session, campaign, reason=reason, before=before, action="succeed_counsel", actor=actor, now=now)
    return added
