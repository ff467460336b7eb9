from fund.db.session import Database
from fund.donations.models import MonthlyGift
from fund.payments.gateway import Gateway


def cancel_monthly_gift(database: Database, gateway: Gateway, *, monthly_gift_id: str) -> str | None:
    """End a monthly gift at Stripe, at once; the subscription to look at next, or None if there is none.

    Harmless when repeated. The row follows from what Stripe says afterwards.
    """
    with database.read() as session:
        row = session.get(MonthlyGift, monthly_gift_id)
        if row is None or row.ended_at is not None:
            return None
        subscription_id = row.subscription_id
    gateway.cancel_subscription(subscription_id)
    return subscription_id
