from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.donations.models import Donation, HandReturn, Refund
from fund.donations.postings import offline_gift, refund_owed
from fund.donations.queries_of_returns import refunds_of
from fund.donations.set_donation_state import set_donation_state
from fund.kit.errors import Refusal
from fund.ledger.post_entry import post_entry


def reverse_hand_return(session: Session, *, hand_return_id: str, actor: str, now: datetime) -> HandReturn:
    """A payment by hand was entered by mistake: undone by entries of its own; what was owed is owed again.

    Refused once a refund has left since: what it settled was worked out with this payment.
    """
    row = session.get(HandReturn, hand_return_id)
    if row is None:
        raise Refusal("There is no such payment.", status=404)
    donation = session.get_one(Donation, row.donation_id, with_for_update=True)
    session.refresh(row)
    if row.reversed_at is not None:
        raise Refusal("This payment was taken back already.", status=409)
    if any(refund.moved and refund.created_at > row.created_at for refund in refunds_of(session, donation.id)):
        raise Refusal("A refund was made through Stripe since: this payment can no longer be taken back.", status=409)
    refund = session.get_one(Refund, row.refund_id, with_for_update=True)
    row.reversed_at = now
    refund.owed += row.settles
    _book(session, session.get_one(Campaign, donation.campaign_id), refund, row, now=now)
    set_donation_state(session, donation, now=now)
    record_change(
        session,
        actor=actor,
        action="reverse_hand_return",
        subject=f"donation:{donation.id}",
        before={"refund": refund.id, "amount": row.amount, "currency": row.currency},
        now=now,
    )
    return row


def _book(session: Session, campaign: Campaign, refund: Refund, row: HandReturn, *, now: datetime) -> None:
    of = f"refund:{refund.stripe_refund_id or refund.id}"
    post_entry(
        session,
        source=f"{of}:returned:{row.id}:reversed",
        kind="gift_returned",
        campaign_id=campaign.id,
        postings=offline_gift(row.amount, row.currency, slug=campaign.slug),
        occurred_at=now,
        now=now,
    )
    if row.settles:
        post_entry(
            session,
            source=f"{of}:owed_settled:{row.id}:reversed",
            kind="refund_owed",
            campaign_id=campaign.id,
            postings=refund_owed(row.settles, row.currency, slug=campaign.slug),
            occurred_at=now,
            now=now,
        )
