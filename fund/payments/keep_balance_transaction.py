from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.payments.facts import BalanceTransaction
from fund.payments.models import BalanceTransactionRow


def keep_balance_transaction(session: Session, transaction: BalanceTransaction) -> None:
    """Keep Stripe's line of account as it was read, once; what the entry `txn:<id>` is proved against."""
    values = {
        "id": transaction.id,
        "type": transaction.type,
        "reporting_category": transaction.reporting_category,
        "source": transaction.source,
        "currency": transaction.currency,
        "amount": transaction.amount,
        "fee": transaction.fee,
        "net": transaction.net,
        "created": transaction.created,
        "raw": transaction.raw,
    }
    insert_new(session, BalanceTransactionRow, [values], unique=["id"])
