"""Postings of what belongs to no gift: payouts, Stripe's own costs, reserves, and what nobody knows. Pure."""

from fund.ledger.rules import Line, line, lines
from fund.payments.facts import BalanceTransaction

PAYOUT = ("payout", "payout_cancel", "payout_failure")
COSTS = ("stripe_fee", "stripe_fx_fee", "tax_fee", "application_fee", "network_cost")
RESERVES = (
    "reserve_transaction", "reserve_hold", "reserve_release", "reserved_funds",
    "payout_minimum_balance_hold", "payout_minimum_balance_release",
)  # fmt: skip


def site_transaction(transaction: BalanceTransaction) -> tuple[str, list[Line]]:
    """The kind of entry and its postings. Anything unknown goes to suspense, never nowhere."""
    currency = transaction.currency
    stripe = line(f"assets:stripe:{currency.lower()}", transaction.net, currency)
    if transaction.type in PAYOUT:
        return transaction.type, lines(
            stripe,
            line(f"assets:payout_transit:{currency.lower()}", -transaction.amount, currency),
            line("exp:stripe_other", transaction.fee, currency),
        )
    if transaction.type in COSTS:
        return "stripe_cost", lines(stripe, line("exp:stripe_other", -transaction.net, currency))
    if transaction.type in RESERVES:
        return "reserve", lines(stripe, line(f"assets:reserve:{currency.lower()}", -transaction.net, currency))
    suspense = f"suspense:{transaction.reporting_category}"
    return "suspense", lines(stripe, line(suspense, -transaction.net, currency))


def payout_arrived(amount: int, currency: str) -> list[Line]:
    """From transit to the bank. Negative (a payout that collects, or one undone): the other way."""
    return lines(
        line(f"assets:bank:{currency.lower()}", amount, currency),
        line(f"assets:payout_transit:{currency.lower()}", -amount, currency),
    )
