from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.donations.models import Dispute, Donation, Refund
from fund.donations.plan_refund import check_refund
from fund.kit.errors import Refusal


def refund_share(
    session: Session, *, donation_id: str, refund_id: str, amount: int, batch: str, actor: str, now: datetime
) -> Refund:
    """Decide the refund that is a gift's part of a surplus; who asks for it sends it as any other refund.

    `refund_id` is made of the plan and the gift, so that a gift has one refund in a plan however often this is asked.
    Raises Refusal where the gift was disputed or refunded since the plan was made.
    """
    donation = session.get_one(Donation, donation_id, with_for_update=True)
    known = session.get(Refund, refund_id)
    if known is not None:
        return known
    disputes = select(Dispute.id).where(Dispute.donation_id == donation.id, Dispute.closed_at.is_(None))
    if session.execute(disputes.limit(1)).first() is not None:
        raise Refusal("A dispute holds this gift: Stripe does not let it be refunded until that ends.", status=409)
    check_refund(session, donation, amount, donation.locale)
    row = Refund(
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
    session.add(row)
    session.flush()
    return row
