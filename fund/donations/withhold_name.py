from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.touch_page import touch_page
from fund.donations.count_donor import count_donor
from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.kit.errors import Refusal


def withhold_name(session: Session, *, donation_id: str, withhold: bool, actor: str, now: datetime) -> Donation:
    """Take a public name off the page (an insult, somebody else's name), or put it back."""
    donation = session.get(Donation, donation_id, with_for_update=True)
    if donation is None or donation.visibility != "public":
        raise Refusal("This gift shows no name.", status=404)
    before = donation.name_withheld_at is not None
    if before == withhold:
        return donation
    if donation.state in SETTLED:
        count_donor(session, donation, -1)
    donation.name_withheld_at = now if withhold else None
    if donation.state in SETTLED:
        count_donor(session, donation, 1)
    record_change(
        session,
        actor=actor,
        action="withhold_name",
        subject=f"donation:{donation.id}",
        before={"withheld": before},
        after={"withheld": withhold},
        now=now,
    )
    touch_page(session, donation.campaign_id)
    return donation
