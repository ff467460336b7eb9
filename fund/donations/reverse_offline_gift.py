from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.donations.models import Donation
from fund.donations.postings import offline_gift
from fund.donations.set_donation_state import set_donation_state
from fund.kit.errors import Refusal
from fund.ledger.post_entry import post_entry

REASONS = {"mistake": "offline_gift_reversed", "returned": "gift_returned"}
"""Entered by mistake: it never was. Returned by hand: it was, and went back."""


def reverse_offline_gift(session: Session, *, donation_id: str, reason: str, actor: str, now: datetime) -> Donation:
    """Undo an offline gift by an entry of its own; the first one stays in the books."""
    donation = session.get(Donation, donation_id, with_for_update=True)
    if donation is None or donation.kind != "offline":
        raise Refusal("There is no such offline gift.", status=404)
    if reason not in REASONS:
        raise Refusal("Say whether it was a mistake or was returned.", field="reason")
    if donation.came_back:
        raise Refusal("This gift was reversed already.", status=409)
    if donation.refunded:
        raise Refusal("A part of this gift went back already, so it cannot be reversed as a whole.", status=409)
    campaign = session.get_one(Campaign, donation.campaign_id)
    post_entry(
        session,
        source=f"donation:{donation.id}:reversed",
        kind=REASONS[reason],
        campaign_id=campaign.id,
        postings=offline_gift(-donation.amount, donation.currency, slug=campaign.slug),
        occurred_at=now,
        now=now,
    )
    donation.came_back = True
    set_donation_state(session, donation, now=now)
    record_change(
        session,
        actor=actor,
        action="reverse_offline_gift",
        subject=f"donation:{donation.id}",
        before={"state": "paid"},
        after={"state": donation.state, "reason": reason},
        now=now,
    )
    return donation
