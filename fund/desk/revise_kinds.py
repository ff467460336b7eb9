"""What the pages of the four kinds of revision read, fill in and save."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.campaigns.forms import LimitsForm, PolicyForm, ScheduleForm
from fund.campaigns.models import Campaign, Revision
from fund.campaigns.queries import current_policy, current_schedule
from fund.campaigns.revise_limits import revise_limits
from fund.campaigns.revise_policy import revise_policy
from fund.campaigns.revise_schedule import revise_schedule
from fund.campaigns.revise_share import revise_share
from fund.desk.campaign_form import read_limits, read_policy
from fund.desk.campaign_values import limit_values
from fund.desk.schedule_form import read_schedule
from fund.desk.schedule_values import schedule_values
from fund.desk.typed_numbers import TypedNumbers
from fund.kit.i18n import LOCALES
from fund.kit.money import plain_amount

KINDS = ("schedule", "policy", "share", "limits")


@dataclass(frozen=True, slots=True)
class Terms:
    """What was typed for one kind; the others are None."""

    schedule: ScheduleForm | None = None
    policy: PolicyForm | None = None
    share: int | None = None
    limits: LimitsForm | None = None


def values_of_terms(session: Session, campaign: Campaign, kind: str) -> dict[str, str]:
    """What stands now, as the flat values of its form."""
    values = {"seen": campaign.updated_at.isoformat()}
    match kind:
        case "schedule":
            return values | schedule_values(current_schedule(session, campaign.id), campaign.currency)
        case "share":
            return values | {"organiser_share": plain_amount(campaign.organiser_share, campaign.currency)}
        case "limits":
            return values | limit_values(campaign)
    policy = current_policy(session, campaign.id)
    values["policy_kind"] = policy.kind if policy else ""
    return values | {f"{locale}_policy": policy.text.get(locale, "") if policy else "" for locale in LOCALES}


def read_terms(kind: str, values: Mapping[str, str], currency: str) -> tuple[Terms, dict[str, str]]:
    """The typed terms, and what could not be read in them by field."""
    numbers = TypedNumbers(values, currency)
    match kind:
        case "schedule":
            terms = Terms(schedule=read_schedule(numbers))
        case "share":
            terms = Terms(share=numbers.amount("organiser_share") or 0)
        case "limits":
            terms = Terms(limits=read_limits(numbers))
        case _:
            terms = Terms(policy=read_policy(numbers) or PolicyForm("", {}))
    return terms, numbers.errors


def save_terms(
    session: Session,
    terms: Terms,
    *,
    campaign_id: int,
    reason: dict[str, str],
    seen: str,
    actor: str,
    now: datetime,
) -> Revision | None:
    """None when the terms read so already."""
    about: dict[str, Any] = {"campaign_id": campaign_id, "reason": reason, "seen": seen, "actor": actor, "now": now}
    if terms.schedule is not None:
        return revise_schedule(session, form=terms.schedule, **about)
    if terms.policy is not None:
        return revise_policy(session, form=terms.policy, **about)
    if terms.limits is not None:
        return revise_limits(session, form=terms.limits, **about)
    return revise_share(session, share=terms.share or 0, **about)
