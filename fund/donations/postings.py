"""Which postings a gift's occurrences make. Pure; account names are fixed because outsiders read them.

All follow Stripe's equation: net + fee - amount = 0. A transaction's signs are Stripe's: what leaves is negative,
and `line` turns a signed figure into a debit (positive) or a credit.
"""

from fund.ledger.rules import Line, line, lines
from fund.payments.facts import BalanceTransaction


def gift_settled(transaction: BalanceTransaction, *, slug: str) -> list[Line]:
    """What Stripe credited us, what it kept, and the campaign's whole amount."""
    return _moved(transaction, slug=slug, counter=f"funds:{slug}", counter_amount=transaction.amount)


def refund_moved(transaction: BalanceTransaction, *, slug: str, given: int) -> list[Line]:
    """A refund left, or came back because it failed. `given`: its part of the gift as it was booked, signed alike.

    Where the rate has changed since, the difference is a gain or a loss of the campaign.
    """
    return _moved(transaction, slug=slug, counter=f"funds:{slug}", counter_amount=given)


def refund_owed(amount: int, currency: str, *, slug: str) -> list[Line]:
    """A refund failed: the donor is still owed it, so it is not available again. Negative: part of it is settled."""
    return lines(
        line(f"funds:{slug}", amount, currency),
        line("liab:refunds_owed", -amount, currency),
    )


def debit_came_back(transaction: BalanceTransaction, *, slug: str) -> list[Line]:
    """A bank debit failed after it had been paid."""
    return gift_settled(transaction, slug=slug)


def dispute_moved(transaction: BalanceTransaction, *, slug: str) -> list[Line]:
    """Withdrawn when a dispute opens, reinstated when it is won; the fee as Stripe took or returned it."""
    currency = transaction.currency
    return lines(
        line(f"assets:stripe:{currency.lower()}", transaction.net, currency),
        line(f"exp:dispute_fees:{slug}", transaction.fee, currency),
        line(f"assets:disputed:{currency.lower()}", -transaction.amount, currency),
    )


def dispute_fee(transaction: BalanceTransaction, *, slug: str) -> list[Line]:
    """A fee of a dispute that Stripe books alone."""
    currency = transaction.currency
    return lines(
        line(f"assets:stripe:{currency.lower()}", transaction.net, currency),
        line(f"exp:dispute_fees:{slug}", -transaction.net, currency),
    )


def dispute_lost(amount: int, currency: str, *, slug: str) -> list[Line]:
    """What was withdrawn and stays away. Negative: it came back after all."""
    return lines(
        line(f"funds:{slug}", amount, currency),
        line(f"assets:disputed:{currency.lower()}", -amount, currency),
    )


def dispute_rate_changed(leftover: int, currency: str, *, slug: str) -> list[Line]:
    """A converted dispute was won at another rate: what is left of the withdrawn amount is a loss (or a gain)."""
    return lines(
        line(f"gain:fx:{slug}", leftover, currency),
        line(f"assets:disputed:{currency.lower()}", -leftover, currency),
    )


def offline_gift(amount: int, currency: str, *, slug: str) -> list[Line]:
    """Cash, cheque or transfer into the bank. Negative: entered by mistake, or returned by hand."""
    return lines(
        line(f"assets:bank:{currency.lower()}", amount, currency),
        line(f"funds:{slug}", -amount, currency),
    )


def organiser_paid(amount: int, currency: str, *, slug: str) -> list[Line]:
    """The organiser's share reached the bank. Negative: entered by mistake."""
    return lines(
        line(f"assets:bank:{currency.lower()}", amount, currency),
        line(f"funds_organiser:{slug}", -amount, currency),
    )


def _moved(transaction: BalanceTransaction, *, slug: str, counter: str, counter_amount: int) -> list[Line]:
    currency = transaction.currency
    return lines(
        line(f"assets:stripe:{currency.lower()}", transaction.net, currency),
        line(f"exp:processing:{slug}", transaction.fee - transaction.fee_tax, currency),
        line(f"exp:fee_tax:{slug}", transaction.fee_tax, currency),
        line(counter, -counter_amount, currency),
        line(f"gain:fx:{slug}", counter_amount - transaction.amount, currency),
    )
