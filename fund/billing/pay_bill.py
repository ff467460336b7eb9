from datetime import date, datetime

from sqlalchemy.orm import Session

from fund.billing.book_transfer import book_transfer
from fund.billing.find_bill import find_bill
from fund.billing.made_before import made_before
from fund.billing.models import Bill, CounselTransfer
from fund.billing.money_in_bank import money_in_bank
from fund.billing.queries import bill_state, trust_balance
from fund.billing.rules import (
    BILL_KINDS,
    check_agrees_with_stripe,
    check_day,
    check_in_bank,
    check_in_trust,
    check_paid,
)
from fund.campaigns.models import Campaign, Counsel
from fund.kit.errors import Refusal


def pay_bill(
    session: Session,
    *,
    bill_id: str,
    source: str,
    amount: int,
    made_on: date,
    differences: int,
    nonce: str,
    actor: str,
    now: datetime,
) -> CounselTransfer:
    """A bill or a part of it is paid from our bank, from trust, or by the organiser directly.

    `differences` is what the last comparison with Stripe found, which this slice does not know.
    """
    campaign, bill = find_bill(session, bill_id)
    known = made_before(session, CounselTransfer, campaign, nonce)
    if known is not None:
        return known
    check_payment(
        session, campaign, bill, source=source, amount=amount, made_on=made_on, differences=differences, now=now
    )
    return book_transfer(
        session,
        campaign,
        kind=BILL_KINDS[source],
        counsel=session.get_one(Counsel, bill.counsel_id),
        bill=bill,
        amount=amount,
        made_on=made_on,
        nonce=nonce,
        actor=actor,
        now=now,
    )


def check_payment(
    session: Session,
    campaign: Campaign,
    bill: Bill,
    *,
    source: str,
    amount: int,
    made_on: date,
    differences: int,
    now: datetime,
) -> None:
    """Raises Refusal where it may not be made. The organiser's own money is not stopped by a difference from Stripe."""
    if source not in BILL_KINDS:
        raise Refusal("Say from where it is paid.", field="source")
    if bill.reversed_at is not None:
        raise Refusal("This bill was reversed: there is nothing to pay.", status=409)
    if source != "organiser":
        check_agrees_with_stripe(differences)
    check_day(made_on, "made_on", today=now.date())
    if made_on < bill.issued_on:
        raise Refusal("The bill was not issued yet on this day.", field="made_on")
    check_paid(amount, lacks=bill_state(session, bill).lacks, currency=bill.currency)
    if source == "bank":
        check_in_bank(amount, there=money_in_bank(session, campaign), currency=bill.currency)
    if source == "trust":
        counsel = session.get_one(Counsel, bill.counsel_id)
        check_in_trust(amount, there=trust_balance(session, campaign, counsel), currency=bill.currency)
