from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.donations.models import Donation, MonthlyGift
from fund.payments.facts import Subscription

ENDED = ("canceled", "incomplete_expired", "unpaid")


@dataclass(frozen=True, slots=True)
class SubscriptionSettled:
    state: str
    outcome: str
    monthly_gift_id: str | None = None
    newly_failing: bool = False


def settle_subscription(
    session: Session, *, subscription: Subscription, site: str, now: datetime
) -> SubscriptionSettled:
    """Keep a monthly gift as Stripe says it stands: going on, failing, asked to end, ended."""
    if subscription.metadata.get("site") != site:
        return SubscriptionSettled("foreign", f"subscription {subscription.id} of another site")
    first = session.get(Donation, subscription.metadata.get("donation", ""), with_for_update=True)
    if first is None:
        return SubscriptionSettled("quarantined", f"no gift started subscription {subscription.id}")
    row = session.scalars(
        select(MonthlyGift).where(MonthlyGift.subscription_id == subscription.id).with_for_update()
    ).one_or_none()
    if row is None:
        row = MonthlyGift(
            campaign_id=first.campaign_id,
            subscription_id=subscription.id,
            customer_id=subscription.customer_id,
            status="",
            amount=subscription.amount,
            currency=subscription.currency,
            stop_at_target=subscription.metadata.get("stop_at_target") == "1",
            started_at=now,
        )
        session.add(row)
        session.flush()
    first.monthly_gift_id = row.id
    failing = subscription.status == "past_due" and row.status != "past_due"
    row.status, row.amount = subscription.status, subscription.amount
    row.next_at = None if subscription.status in ENDED else subscription.current_period_end
    row.ends_at = subscription.current_period_end if subscription.cancel_at_period_end else None
    row.ended_at = subscription.ended_at or (row.ended_at or now if subscription.status in ENDED else None)
    return SubscriptionSettled("applied", f"monthly gift is {subscription.status}", row.id, newly_failing=failing)
