"""What Stripe says of a refund, in the books and in its row."""

from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.donations.leave_debt_unpaid import left_unpaid
from fund.donations.models import Donation, Refund
from fund.donations.postings import refund_moved, refund_owed
from fund.donations.queries_of_returns import paid_by_hand, refunds_of
from fund.donations.refund_debts import refund_debts
from fund.donations.rules import share_of_refund
from fund.ledger.post_entry import post_entry
from fund.payments import facts
from fund.payments.facts import BalanceTransaction, Payment
from fund.payments.keep_balance_transaction import keep_balance_transaction

FINAL = ("succeeded", "failed", "canceled")


def settle_refund(
    session: Session,
    donation: Donation,
    campaign: Campaign,
    payment: Payment,
    refund: facts.Refund,
    *,
    now: datetime,
) -> str | None:
    """Book what moved; the row's id the first time the refund stands, so that the donor is told once."""
    row = _row(session, donation, refund, now=now)
    told = row.state in ("pending", "succeeded")
    row.state, row.failure_code = refund.status, refund.failure_reason or ""
    row.ended_at = (row.ended_at or now) if refund.status in FINAL else None
    given = _given(payment, refund)
    row.moved = refund.balance_transaction is not None
    if refund.balance_transaction is not None:
        _post(session, campaign, refund.balance_transaction, "refund", -given, now=now)
    if refund.failure_balance_transaction is not None:
        _post(session, campaign, refund.failure_balance_transaction, "refund_failed", given, now=now)
    row.owed = _post_debts(session, campaign, payment, refund, _paid_otherwise(session, donation), now=now)
    stands = refund.status in ("pending", "succeeded")
    return row.id if stands and not told else None


def _row(session: Session, donation: Donation, refund: facts.Refund, *, now: datetime) -> Refund:
    """By Stripe's id; else the planned row that its metadata names (we died before we could note the id)."""
    row = session.scalars(select(Refund).where(Refund.stripe_refund_id == refund.id)).one_or_none()
    named = refund.metadata.get("refund", "")
    if row is None and named:
        planned = session.get(Refund, named, with_for_update=True)
        row = planned if planned is not None and planned.donation_id == donation.id else None
    if row is None:
        row = Refund(
            donation_id=donation.id,
            amount=refund.amount,
            currency=refund.currency,
            state="planned",
            origin="stripe",
            created_at=refund.created,
        )
        session.add(row)
    row.stripe_refund_id, row.sent_at = refund.id, row.sent_at or now
    session.flush()
    return row


def _paid_otherwise(session: Session, donation: Donation) -> dict[str, int]:
    """By Stripe's id of a failed refund, what of its debt needs no refund: paid by hand, or left unpaid for good."""
    by_hand = paid_by_hand(session, donation.id)
    for row in refunds_of(session, donation.id):
        if row.stripe_refund_id and row.state == "failed" and (left := left_unpaid(session, row)):
            by_hand[row.stripe_refund_id] = by_hand.get(row.stripe_refund_id, 0) + left
    return by_hand


def _given(payment: Payment, refund: facts.Refund) -> int:
    """This refund's part of the gift as it was booked; the same whatever the order in which we learn of refunds."""
    charge = payment.charge
    if charge is None or charge.balance_transaction is None or charge.currency == charge.balance_transaction.currency:
        return refund.amount
    older = 0
    for other in payment.refunds:
        if other.id == refund.id:
            break
        older += other.amount
    return share_of_refund(charge.balance_transaction.amount, charge.amount, older, refund.amount)


def _post(
    session: Session, campaign: Campaign, transaction: BalanceTransaction, kind: str, given: int, *, now: datetime
) -> None:
    keep_balance_transaction(session, transaction)
    post_entry(
        session,
        source=f"txn:{transaction.id}",
        kind=kind,
        campaign_id=campaign.id,
        postings=refund_moved(transaction, slug=campaign.slug, given=given),
        occurred_at=transaction.created,
        now=now,
    )


def _post_debts(
    session: Session,
    campaign: Campaign,
    payment: Payment,
    refund: facts.Refund,
    by_hand: dict[str, int],
    *,
    now: datetime,
) -> int:
    """What a failed refund leaves owed to the donor, and what this one pays of older debts; what is owed in the end."""
    debts = refund_debts(payment.refunds, partial(_given, payment), by_hand)
    left, came_back = refund.balance_transaction, refund.failure_balance_transaction
    for name, figures, sign, cause in (
        ("owed_settled", debts.settled, -1, left),
        ("owed", debts.owed, 1, came_back),
        ("owed_again", debts.owed_again, 1, came_back),
    ):
        if cause is not None and refund.id in figures:
            post_entry(
                session,
                source=f"refund:{refund.id}:{name}",
                kind="owed_settled" if sign < 0 else "refund_owed",
                campaign_id=campaign.id,
                postings=refund_owed(sign * figures[refund.id], cause.currency, slug=campaign.slug),
                occurred_at=cause.created,
                now=now,
            )
    return debts.open.get(refund.id, 0)
