"""Which postings a bill and a transfer to or from counsel make. Pure; account names are fixed."""

from fund.ledger.rules import Line, line, lines

BANK, BILLS, ORGANISER, TRUST, SUCCESSOR = "bank", "bills", "organiser", "trust", "successor"
SIDES = {
    "advance": (TRUST, BANK),
    "bill_from_bank": (BILLS, BANK),
    "bill_from_trust": (BILLS, TRUST),
    "bill_by_organiser": (BILLS, ORGANISER),
    "trust_returned": (BANK, TRUST),
    "trust_succeeded": (SUCCESSOR, TRUST),
}
"""By kind of transfer, what it debits and what it credits."""
ENTRY_KINDS = {
    "advance": "advance",
    "bill_from_bank": "bill_paid",
    "bill_from_trust": "bill_paid",
    "bill_by_organiser": "bill_paid",
    "trust_returned": "trust_returned",
    "trust_succeeded": "counsel_succeeded",
}


def trust_account(slug: str, counsel: str) -> str:
    """`counsel` is its key."""
    return f"assets:trust:{slug}:{counsel}"


def bill_issued(amount: int, currency: str, *, slug: str) -> list[Line]:
    """A debt from the day it is issued, whatever is there to pay it. Negative: the bill is reversed."""
    return lines(
        line(f"exp:legal:{slug}", amount, currency),
        line(f"liab:bills:{slug}", -amount, currency),
    )


def money_moved(
    kind: str, amount: int, currency: str, *, slug: str, counsel: str, successor: str | None = None
) -> list[Line]:
    """One transfer; `counsel` and `successor` are keys. Negative: it is undone."""
    accounts = {
        BANK: f"assets:bank:{currency.lower()}",
        BILLS: f"liab:bills:{slug}",
        ORGANISER: f"funds_organiser:{slug}",
        TRUST: trust_account(slug, counsel),
        SUCCESSOR: trust_account(slug, successor or ""),
    }
    debit, credit = SIDES[kind]
    return lines(line(accounts[debit], amount, currency), line(accounts[credit], -amount, currency))
