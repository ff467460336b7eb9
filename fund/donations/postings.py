"""Which postings a gift's occurrences make. Pure; account names are fixed because outsiders read them."""

from fund.ledger.rules import Line, line, lines
from fund.payments.gateway import BalanceTransaction


def gift_settled(transaction: BalanceTransaction, *, slug: str) -> list[Line]:
    """What Stripe credited us, what it kept, and the campaign's whole amount: net + fee - amount = 0."""
    currency = transaction.currency
    return lines(
        line(f"assets:stripe:{currency.lower()}", transaction.net, currency),
        line(f"exp:processing:{slug}", transaction.fee - transaction.fee_tax, currency),
        line(f"exp:fee_tax:{slug}", transaction.fee_tax, currency),
        line(f"funds:{slug}", -transaction.amount, currency),
    )
