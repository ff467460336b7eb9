from datetime import datetime

from sqlalchemy.orm import Session

from fund.donations.models import Donation, Refund

NOT_THROUGH_STRIPE = "offline"


def refuse_share(
    session: Session, *, donation_id: str, refund_id: str, amount: int, batch: str, actor: str, now: datetime
) -> Refund:
    """The part of a surplus of a gift that did not come through Stripe: a refund that Stripe cannot make.

    Nothing moves. A person pays it by hand, as any other that was refused.
    """
    known = session.get(Refund, refund_id)
    if known is not None:
        return known
    donation = session.get_one(Donation, donation_id, with_for_update=True)
    row = Refund(
        id=refund_id,
        donation_id=donation.id,
        amount=amount,
        currency=donation.currency,
        state="refused",
        origin="close",
        batch=batch,
        requested_by=actor,
        failure_code=NOT_THROUGH_STRIPE,
        created_at=now,
        ended_at=now,
    )
    session.add(row)
    session.flush()
    return row
