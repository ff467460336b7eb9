from datetime import datetime

from sqlalchemy.orm import Session

from fund.ledger.post_entry import post_entry
from fund.payments.facts import BalanceTransaction
from fund.payments.keep_balance_transaction import keep_balance_transaction
from fund.payments.postings import site_transaction
from fund.payments.raise_alert import raise_alert


def book_site_transaction(session: Session, transaction: BalanceTransaction, *, now: datetime) -> bool:
    """Book a line of Stripe's account that belongs to no gift; whether it was new. What is unknown raises an alert."""
    keep_balance_transaction(session, transaction)
    kind, postings = site_transaction(transaction)
    if not postings:
        return False
    new = post_entry(
        session,
        source=f"txn:{transaction.id}",
        kind=kind,
        campaign_id=None,
        postings=postings,
        occurred_at=transaction.created,
        now=now,
    )
    if new and kind == "suspense":
        raise_alert(
            session,
            key=f"txn:{transaction.id}",
            sentence=f"{transaction.id} is of type {transaction.type}: {transaction.net} {transaction.currency}, "
            "in minor units, wait in suspense",
            now=now,
        )
    return new
