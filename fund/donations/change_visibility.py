from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.touch_page import touch_page
from fund.donations.count_donor import count_donor
from fund.donations.models import Donation
from fund.donations.rules import LONGEST_NAME, SETTLED, VISIBILITIES, clean_line
from fund.kit.errors import Refusal

DONOR = "donor"
NEVER_CAME = ("failed", "expired")


def change_visibility(
    session: Session, *, donation_id: str, visibility: str, display_name: str, now: datetime
) -> Donation:
    """The donor chooses anew how the gift appears; of a monthly gift, all its payments, past and to come.

    Secret erases name and message. A name that the desk took off the page stays off it, whatever it says now.
    """
    donation = session.get(Donation, donation_id, with_for_update=True)
    if donation is None:
        raise Refusal("There is no such gift.", status=404)
    if donation.state in NEVER_CAME:
        raise Refusal("This gift was not completed, so there is nothing to show or to hide.", status=409)
    name = _judged(donation, visibility, display_name)
    for gift in _together(session, donation):
        before = gift.visibility
        if gift.state in SETTLED:
            count_donor(session, gift, -1)
        gift.visibility, gift.display_name = visibility, name
        if visibility == "secret":
            gift.message, gift.message_state = None, "none"
        if gift.state in SETTLED:
            count_donor(session, gift, 1)
        record_change(
            session,
            actor=DONOR,
            action="change_visibility",
            subject=f"donation:{gift.id}",
            before={"visibility": before},
            after={"visibility": visibility},
            now=now,
        )
    touch_page(session, donation.campaign_id)
    return donation


def _judged(donation: Donation, visibility: str, display_name: str) -> str | None:
    """The name to keep. Raises Refusal."""
    if visibility not in VISIBILITIES:
        raise Refusal("Choose how you appear.", field="visibility")
    if visibility == "secret" and donation.kind == "offline":
        raise Refusal("An offline gift cannot be hidden from us: we have seen who gave it.", field="visibility")
    name = clean_line(display_name, LONGEST_NAME, "display_name")
    if visibility == "public" and not name:
        raise Refusal("Write the name that the public may see, or choose to stay hidden.", field="display_name")
    return None if visibility == "secret" else name


def _together(session: Session, donation: Donation) -> Sequence[Donation]:
    if donation.monthly_gift_id is None:
        return [donation]
    of_gift = select(Donation).where(Donation.monthly_gift_id == donation.monthly_gift_id)
    return session.scalars(of_gift.order_by(Donation.id).with_for_update()).all()
