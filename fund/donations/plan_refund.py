import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.donations.models import Dispute, Donation, Refund
from fund.donations.queries_of_returns import returned_by_hand
from fund.donations.rules import OPEN_REFUNDS, SETTLED
from fund.donations.taken_by_disputes import taken_by_disputes
from fund.kit.errors import Refusal
from fund.kit.money import format_money, smallest_step
from fund.work.queue import Queue


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """What a refund would do: minor units of the gift's currency. Stripe keeps the fee of the gift."""

    amount: int
    left_after: int
    fee_lost: int
    """Of the gift's processing fee, the part that this refund makes the fund lose for nothing."""


def refundable(session: Session, donation: Donation) -> int:
    """What is left of a gift after refunds that were asked for, payments by hand, and what disputes hold or took."""
    asked = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.donation_id == donation.id, Refund.state.in_(OPEN_REFUNDS)
    )
    taken = taken_by_disputes(session, donation.id)
    by_hand = returned_by_hand(session, donation.id)
    return max(0, donation.amount - int(session.scalar(asked) or 0) - by_hand - taken.held - taken.lost)


def preview_refund(session: Session, donation: Donation, *, amount: int, fee: int, locale: str) -> RefundPreview:
    """`fee` is what was kept of the gift. Raises Refusal for everything that `plan_refund` would refuse."""
    left = check_refund(session, donation, amount, locale)
    return RefundPreview(amount, left - amount, fee * amount // donation.amount)


def plan_refund(
    session: Session,
    queue: Queue,
    *,
    donation_id: str,
    amount: int,
    actor: str,
    locale: str,
    nonce: str = "",
    now: datetime,
) -> Refund:
    """Decide a refund and hand it to the worker, who asks Stripe under this row's own key.

    The gift's row is locked, so that of two administrators who would together give back more than there is, the
    second is refused. A form that is sent twice with one `nonce` is one refund.
    """
    donation = session.get(Donation, donation_id, with_for_update=True)
    if donation is None:
        raise Refusal("There is no such gift.", status=404)
    id_ = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{donation_id}:{nonce}") if nonce else uuid.uuid4())
    known = session.get(Refund, id_)
    if known is not None:
        return known
    check_refund(session, donation, amount, locale)
    row = Refund(
        id=id_,
        donation_id=donation.id,
        amount=amount,
        currency=donation.currency,
        state="planned",
        origin="desk",
        requested_by=actor,
        created_at=now,
    )
    session.add(row)
    queue.enqueue(session, "send_refund", row.id)
    after = {"refund": row.id, "amount": amount, "currency": donation.currency}
    record_change(session, actor=actor, action="plan_refund", subject=f"donation:{donation.id}", after=after, now=now)
    return row


def check_refund(session: Session, donation: Donation, amount: int, locale: str) -> int:
    """What is left of the gift; raises Refusal where `amount` of it cannot go back through Stripe."""
    if donation.kind == "offline":
        raise Refusal("This gift did not come through Stripe. Return it by hand, and enter that.", status=409)
    if donation.state not in SETTLED:
        raise Refusal("Only a gift that was paid can be refunded.", status=409)
    disputes = select(Dispute).where(Dispute.donation_id == donation.id, Dispute.closed_at.is_(None))
    if any(not dispute.is_refundable for dispute in session.scalars(disputes)):
        raise Refusal("A dispute holds this gift: Stripe does not let it be refunded until that ends.", status=409)
    left = refundable(session, donation)
    if amount <= 0 or amount % smallest_step(donation.currency):
        raise Refusal("Write how much goes back.", field="amount")
    if amount > left:
        raise Refusal(
            "At most {left} is left to refund.",
            field="amount",
            left=format_money(left, donation.currency, locale=locale),
        )
    return left
