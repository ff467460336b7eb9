from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.case_forms import CounselForm
from fund.campaigns.case_rules import same_person
from fund.campaigns.counsel_list import check_counsel, keep_change, new_counsel, public_list
from fund.campaigns.models import Counsel
from fund.campaigns.queries_of_case import campaign_counsel, campaign_to_change


def add_counsel(
    session: Session, *, campaign_id: int, form: CounselForm, reason: dict[str, str], actor: str, now: datetime
) -> Counsel:
    """Name a lawyer of the matter. After launch with a public reason. Sent twice, the form adds one."""
    campaign = campaign_to_change(session, campaign_id)
    listed = campaign_counsel(session, campaign_id)
    days = (form.from_on, form.until_on)
    for one in listed:
        if same_person(one.name, form.name) and (one.from_on, one.until_on) == days and one.firm == form.firm.strip():
            return one
    before = public_list(session, campaign)
    checked = check_counsel(form, listed, now=now)
    added = new_counsel(campaign, checked, (one.key for one in listed), now=now)
    session.add(added)
    keep_change(session, campaign, reason=reason, before=before, action="add_counsel", actor=actor, now=now)
    return added
