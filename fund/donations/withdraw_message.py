from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.touch_page import touch_page
from fund.donations.change_visibility import DONOR
from fund.donations.models import Donation
from fund.kit.errors import Refusal


def withdraw_message(session: Session, *, donation_id: str, now: datetime) -> bool:
    """The donor takes back the words: they are erased, shown or not. False if there were none (any more)."""
    donation = session.get(Donation, donation_id, with_for_update=True)
    if donation is None:
        raise Refusal("There is no such gift.", status=404)
    if donation.message_state == "none":
        return False
    before = donation.message_state
    donation.message, donation.message_state = None, "none"
    record_change(
        session,
        actor=DONOR,
        action="withdraw_message",
        subject=f"donation:{donation.id}",
        before={"message_state": before},
        after={"message_state": "none"},
        now=now,
    )
    touch_page(session, donation.campaign_id)
    return True
