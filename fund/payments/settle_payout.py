from datetime import datetime

from sqlalchemy.orm import Session

from fund.ledger.post_entry import post_entry
from fund.ledger.queries import is_booked
from fund.payments.book_site_transaction import book_site_transaction
from fund.payments.facts import Payout
from fund.payments.models import PayoutRow
from fund.payments.postings import payout_arrived

GONE_WRONG = ("failed", "canceled")


def settle_payout(session: Session, payout: Payout, *, now: datetime) -> None:
    """Book what Stripe says of a payout: sent, arrived, failed, and failed after it had arrived."""
    row = session.get(PayoutRow, payout.id, with_for_update=True)
    if row is None:
        row = PayoutRow(id=payout.id, amount=payout.amount, currency=payout.currency, automatic=payout.automatic)
        row.arrival_date, row.created = payout.arrival_date, payout.created
        row.status, row.reconciliation_status = "", ""
        session.add(row)
    row.status, row.reconciliation_status = payout.status, payout.reconciliation_status
    row.failure_code, row.arrival_date = payout.failure_code or "", payout.arrival_date
    if payout.balance_transaction is not None:
        book_site_transaction(session, payout.balance_transaction, now=now)
    if payout.status == "paid":
        _move(session, payout, "paid", payout.amount, now=now)
    if payout.status in GONE_WRONG:
        if is_booked(session, f"payout:{payout.id}:paid"):
            _move(session, payout, "unpaid", -payout.amount, now=now)
        if payout.failure_balance_transaction is not None:
            book_site_transaction(session, payout.failure_balance_transaction, now=now)


def _move(session: Session, payout: Payout, what: str, amount: int, *, now: datetime) -> None:
    post_entry(
        session,
        source=f"payout:{payout.id}:{what}",
        kind=f"payout_{what}",
        campaign_id=None,
        postings=payout_arrived(amount, payout.currency),
        occurred_at=max(payout.created, payout.arrival_date) if what == "paid" else now,
        now=now,
    )
