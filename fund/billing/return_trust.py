from datetime import date, datetime

from sqlalchemy.orm import Session

from fund.billing.book_transfer import book_transfer
from fund.billing.find_counsel import find_counsel
from fund.billing.lock_campaign import lock_campaign
from fund.billing.made_before import made_before
from fund.billing.models import CounselTransfer
from fund.billing.queries import trust_balance
from fund.billing.rules import check_amount, check_day, check_in_trust
from fund.campaigns.models import Campaign, Counsel


def return_trust(
    session: Session,
    *,
    campaign_id: int,
    counsel_id: int,
    amount: int,
    made_on: date,
    nonce: str,
    actor: str,
    now: datetime,
) -> CounselTransfer:
    """Counsel gave back what was left in trust, or a part of it; it is in our bank again."""
    campaign = lock_campaign(session, campaign_id)
    known = made_before(session, CounselTransfer, campaign, nonce)
    if known is not None:
        return known
    counsel = find_counsel(session, campaign, counsel_id)
    check_return(session, campaign, counsel, amount=amount, made_on=made_on, now=now)
    return book_transfer(
        session, campaign, kind="trust_returned", counsel=counsel, amount=amount, made_on=made_on, nonce=nonce,
        actor=actor, now=now,
    )  # fmt: skip


def check_return(
    session: Session, campaign: Campaign, counsel: Counsel, *, amount: int, made_on: date, now: datetime
) -> None:
    check_amount(amount, "amount")
    check_day(made_on, "made_on", today=now.date())
    check_in_trust(amount, there=trust_balance(session, campaign, counsel), currency=campaign.currency)
