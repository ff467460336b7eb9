"""Money that goes back to a donor from our bank, because Stripe cannot send it or never had it."""

from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.donations.models import Donation, Refund
from fund.donations.plan_refund import refundable
from fund.donations.postings import offline_gift, refund_owed
from fund.donations.queries_of_returns import owed_to_donor, refunds_of
from fund.donations.rules import SETTLED
from fund.donations.set_donation_state import set_donation_state
from fund.kit.errors import Refusal
from fund.kit.money import format_money
from fund.ledger.post_entry import post_entry


def return_by_hand(
    session: Session,
    *,
    donation_id: str,
    refund_id: str,
    amount: int,
    batch: str,
    returned_at: datetime,
    actor: str,
    now: datetime,
) -> Refund:
    """Book that `amount` was paid back. `refund_id` is of the refund that failed or was refused, else a new one.

    The same one twice is refused: it was paid. What a refund that failed still owes is settled first.
    """
    donation = session.get_one(Donation, donation_id, with_for_update=True)
    campaign = session.get_one(Campaign, donation.campaign_id)
    row = session.get(Refund, refund_id, with_for_update=True)
    if returned_at > now:
        raise Refusal("This day has not come yet.", field="returned_on")
    if row is not None and row.state not in ("failed", "refused"):
        raise Refusal("This refund did not fail: there is nothing to pay by hand.", status=409)
    was = row.state if row else ""
    _check_left(session, donation, amount, failed=was == "failed")
    if row is None:
        row = _new(donation, refund_id, amount, batch, actor=actor, now=now)
        session.add(row)
    _book(session, campaign, row, owed=was == "failed", returned_at=returned_at, now=now)
    row.state, row.moved, row.ended_at = "by_hand", True, now
    set_donation_state(session, donation, now=now)
    record_change(
        session,
        actor=actor,
        action="return_by_hand",
        subject=f"donation:{donation.id}",
        after={"refund": row.id, "amount": row.amount, "currency": row.currency},
        now=now,
    )
    return row


def _new(donation: Donation, refund_id: str, amount: int, batch: str, *, actor: str, now: datetime) -> Refund:
    return Refund(
        id=refund_id,
        donation_id=donation.id,
        amount=amount,
        currency=donation.currency,
        state="planned",
        origin="close",
        batch=batch,
        requested_by=actor,
        created_at=now,
    )


def _check_left(session: Session, donation: Donation, amount: int, *, failed: bool) -> None:
    """What failed is paid from what is owed; anything else from what is left of the gift."""
    left = owed_to_donor(refunds_of(session, donation.id)) if failed else refundable(session, donation)
    if not failed and donation.state not in SETTLED:
        raise Refusal("Only a gift that was paid can be refunded.", status=409)
    if amount > left:
        shown = format_money(left, donation.currency, locale=donation.locale)
        raise Refusal("At most {left} is left to refund.", status=409, left=shown)


def _book(
    session: Session, campaign: Campaign, row: Refund, *, owed: bool, returned_at: datetime, now: datetime
) -> None:
    moves = [("returned", "gift_returned", offline_gift(-row.amount, row.currency, slug=campaign.slug))]
    if owed:
        moves.insert(0, ("owed_by_hand", "owed_settled", refund_owed(-row.amount, row.currency, slug=campaign.slug)))
    for name, kind, postings in moves:
        post_entry(
            session,
            source=f"refund:{row.id}:{name}",
            kind=kind,
            campaign_id=campaign.id,
            postings=postings,
            occurred_at=returned_at,
            now=now,
        )
