from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from fund.campaigns.models import FeeSchedule, SurplusPolicy
from fund.donations.models import Donation
from fund.kit.i18n import format_day, translate

_SCHEDULE = select(FeeSchedule.created_at, FeeSchedule.version).where(FeeSchedule.id == bindparam("schedule_id"))
"""Two columns: the row would bring its lines along."""


def terms_words(session: Session, donation: Donation, policy: SurplusPolicy | None, *, locale: str) -> str:
    """Which versions of the terms a gift was given under; `policy` is the gift's own. Empty where none is known."""
    found = []
    if donation.fee_schedule_id is not None:
        made_at, version = session.execute(_SCHEDULE, {"schedule_id": donation.fee_schedule_id}).one()
        words = translate("fee schedule of {day}, version {version}", locale)
        found.append(words.format(day=format_day(made_at, locale=locale), version=version))
    if policy is not None:
        words = translate("rule on a surplus of {day}, version {version}", locale)
        found.append(words.format(day=format_day(policy.decided_at, locale=locale), version=policy.version))
    return "; ".join(found)
