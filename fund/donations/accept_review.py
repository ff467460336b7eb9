from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.donations.models import Donation
from fund.kit.errors import Refusal


def accept_review(session: Session, *, donation_id: str, seen: str, actor: str, now: datetime) -> Donation:
    """A gift that came otherwise than planned stays as it is. `seen` is the reason that was looked at."""
    donation = session.get(Donation, donation_id, with_for_update=True)
    if donation is None:
        raise Refusal("There is no such gift.", status=404)
    if not donation.review:
        return donation
    if donation.review != seen:
        raise Refusal("This gift has changed meanwhile. Look at it again.", status=409)
    donation.review = ""
    record_change(
        session,
        actor=actor,
        action="accept_review",
        subject=f"donation:{donation.id}",
        before={"review": seen},
        after={"review": ""},
        now=now,
    )
    return donation
