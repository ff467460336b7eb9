from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.touch_page import touch_page
from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.kit.errors import Refusal


def moderate_message(session: Session, *, donation_id: str, show: bool, actor: str, now: datetime) -> Donation:
    """Let a donor's message be seen, or not. Can be decided again; the words stay out of the audit log."""
    donation = session.get(Donation, donation_id, with_for_update=True)
    if donation is None or donation.message_state == "none":
        raise Refusal("There is no such message.", status=404)
    if donation.state not in SETTLED:
        raise Refusal("This gift is not paid, so its message is not shown.", status=409)
    before, after = donation.message_state, "shown" if show else "declined"
    if before == after:
        return donation
    donation.message_state = after
    record_change(
        session,
        actor=actor,
        action="moderate_message",
        subject=f"donation:{donation.id}",
        before={"message_state": before},
        after={"message_state": after},
        now=now,
    )
    touch_page(session, donation.campaign_id)
    return donation
