from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.closing.find_cover import NOT_LEFT
from fund.donations.campaign_progress import campaign_progress
from fund.donations.models import Donation, Refund


def share_may_leave(session: Session, *, refund_id: str) -> bool:
    """Whether Stripe may be asked for a refund now; False for a share that its campaign has no money for any more.

    It was begun while there was, and Stripe did not take it at once. It stays as it is and is looked at again; had it
    left after all without our knowing, Stripe's account says so, and it is booked from there. Those that were begun
    before it come first: of them we may not know either.
    """
    refund = session.get(Refund, refund_id)
    if refund is None or not refund.batch or refund.state != "planned" or refund.stripe_refund_id is not None:
        return True  # and so what Stripe has made already is booked, whatever is there
    campaign_id = session.get_one(Donation, refund.donation_id).campaign_id
    same_time = (Refund.created_at == refund.created_at) & (Refund.id < refund.id)
    query = (
        select(func.coalesce(func.sum(Refund.amount), 0))
        .join(Donation, Donation.id == Refund.donation_id)
        .where(
            Donation.campaign_id == campaign_id,
            or_(Refund.stripe_refund_id.is_not(None), Refund.created_at < refund.created_at, same_time),
            Refund.state.in_(NOT_LEFT),
            Refund.moved.is_(False),
        )
    )
    waiting = int(session.scalar(query) or 0)
    return campaign_progress(session, session.get_one(Campaign, campaign_id)).available >= waiting + refund.amount
