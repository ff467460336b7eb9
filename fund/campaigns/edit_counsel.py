from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.case_forms import CounselForm
from fund.campaigns.counsel_list import check_counsel, keep_change, public_list, version_of
from fund.campaigns.models import Counsel
from fund.campaigns.queries_of_case import campaign_counsel, counsel_to_change
from fund.kit.errors import Refusal


def edit_counsel(
    session: Session,
    *,
    counsel_id: int,
    form: CounselForm,
    reason: dict[str, str],
    seen: str | None = None,
    actor: str,
    now: datetime,
) -> Counsel:
    """Change firm, days, consent or address; end somebody's time by a last day.

    After launch a name stays (somebody else is somebody else: `succeed_counsel`), and what is public needs a reason.
    Raises Refusal 409 when something of this lawyer was changed since `seen`, its `version_of`.
    """
    campaign, counsel = counsel_to_change(session, counsel_id)
    others = [one for one in campaign_counsel(session, campaign.id) if one.id != counsel.id]
    before = public_list(session, campaign)
    checked = check_counsel(form, others, now=now)
    if checked == _as_form(counsel):
        return counsel
    if seen is not None and seen != version_of(counsel):
        raise Refusal("Somebody else changed this meanwhile. Look at their version first.", status=409)
    if campaign.status != "draft" and checked.name != counsel.name:
        raise Refusal("A name stays. Enter a successor instead.", field="name")
    counsel.name, counsel.firm, counsel.email = checked.name, checked.firm, checked.email or None
    counsel.from_on, counsel.until_on = checked.from_on, checked.until_on
    counsel.consented_on = checked.consented_on
    keep_change(session, campaign, reason=reason, before=before, action="edit_counsel", actor=actor, now=now)
    return counsel


def _as_form(one: Counsel) -> CounselForm:
    return CounselForm(one.name, one.from_on, one.firm, one.email or "", one.until_on, one.consented_on)
