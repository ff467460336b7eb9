from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.campaign_to_revise import campaign_to_revise, check_seen
from fund.campaigns.check_form import check_policy
from fund.campaigns.forms import PolicyForm
from fund.campaigns.models import Campaign, Revision, SurplusPolicy
from fund.campaigns.queries import current_policy
from fund.campaigns.record_revision import check_reason, record_revision
from fund.campaigns.terms import policy_terms
from fund.kit.errors import Refusal


def revise_policy(
    session: Session,
    *,
    campaign_id: int,
    form: PolicyForm,
    reason: dict[str, str],
    seen: str,
    actor: str,
    now: datetime,
) -> Revision | None:
    """Decide anew what happens to a surplus of gifts from now on; earlier gifts keep the rule they were given under.

    None when it reads so already: a form sent twice revises once. `seen` as in `check_seen`.
    """
    campaign = campaign_to_revise(session, campaign_id)
    old = current_policy(session, campaign.id)
    if old is not None and (old.kind, old.text) == (form.kind, form.text):
        return None
    check_seen(campaign, seen)
    check_reason(campaign, reason)
    check_new_policy(campaign, form)
    new = SurplusPolicy(
        campaign_id=campaign.id,
        version=(old.version if old else 0) + 1,
        kind=form.kind,
        text=form.text,
        decided_at=now,
    )
    session.add(new)
    session.flush()
    return record_revision(
        session,
        campaign,
        kind="policy",
        reason=reason,
        before=policy_terms(old),
        after=policy_terms(new),
        policy_version=new.version,
        actor=actor,
        now=now,
    )


def check_new_policy(campaign: Campaign, form: PolicyForm) -> None:
    check_policy(form)
    for text in campaign.texts:
        if not form.text.get(text.locale):
            raise Refusal(
                "Say what happens to a surplus, in every language of the campaign.", field=f"{text.locale}_policy"
            )
