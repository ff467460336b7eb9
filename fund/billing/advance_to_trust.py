from datetime import date, datetime

from sqlalchemy.orm import Session

from fund.billing.book_transfer import book_transfer
from fund.billing.find_counsel import find_counsel
from fund.billing.lock_campaign import lock_campaign
from fund.billing.made_before import made_before
from fund.billing.models import CounselTransfer
from fund.billing.money_in_bank import money_in_bank
from fund.billing.queries import unpaid_bills
from fund.billing.rules import check_agrees_with_stripe, check_amount, check_day, check_in_bank
from fund.campaigns.models import Campaign, Counsel
from fund.kit.errors import Refusal


def advance_to_trust(
    session: Session,
    *,
    campaign_id: int,
    counsel_id: int,
    amount: int,
    made_on: date,
    differences: int,
    nonce: str,
    actor: str,
    now: datetime,
) -> CounselTransfer:
    """Money from our bank into counsel's trust account, for work still to come.

    `differences` is what the last comparison with Stripe found, which this slice does not know.
    """
    campaign = lock_campaign(session, campaign_id)
    known = made_before(session, CounselTransfer, campaign, nonce)
    if known is not None:
        return known
    counsel = find_counsel(session, campaign, counsel_id)
    check_advance(session, campaign, counsel, amount=amount, made_on=made_on, differences=differences, now=now)
    return book_transfer(
        session, campaign, kind="advance", counsel=counsel, amount=amount, made_on=made_on, nonce=nonce, actor=actor,
        now=now,
    )  # fmt: skip


def check_advance(
    session: Session,
    campaign: Campaign,
    counsel: Counsel,
    *,
    amount: int,
    made_on: date,
    differences: int,
    now: datetime,
) -> None:
    """Raises Refusal where it may not be made; a bill that is already issued is never paid into trust."""
    check_agrees_with_stripe(differences)
    check_amount(amount, "amount")
    check_day(made_on, "made_on", today=now.date())
    if counsel.until_on is not None and made_on > counsel.until_on:
        raise Refusal("{name} is no longer counsel on this day.", field="counsel", name=counsel.name)
    if unpaid_bills(session, campaign_id=campaign.id, counsel_id=counsel.id):
        raise Refusal(
            "A bill of {name} is unpaid: pay the bill. What is already billed is not paid into trust.",
            field="counsel",
            name=counsel.name,
        )
    check_in_bank(amount, there=money_in_bank(session, campaign), currency=campaign.currency)
