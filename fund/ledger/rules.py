from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Side = Literal["debit", "credit"]


@dataclass(frozen=True, slots=True)
class Line:
    """One posting to be: `amount` in minor units of an upper-case currency, always above zero."""

    account: str
    side: Side
    amount: int
    currency: str


class UnbalancedError(Exception):
    """A bug: somebody tried to post an entry whose debits and credits differ. Nothing was written."""


def line(account: str, signed: int, currency: str) -> Line | None:
    """A posting from arithmetic, where debits are positive and credits negative; None for zero."""
    if signed == 0:
        return None
    return Line(account, "debit" if signed > 0 else "credit", abs(signed), currency)


def lines(*parts: Line | None) -> list[Line]:
    return [part for part in parts if part is not None]


def check_balanced(postings: Iterable[Line]) -> None:
    """Raises UnbalancedError unless there are two postings at least and each currency's sum is zero."""
    sums: dict[str, int] = defaultdict(int)
    count = 0
    for posting in postings:
        count += 1
        if posting.amount <= 0:
            raise UnbalancedError(f"{posting.account}: amount {posting.amount} is not above zero")
        sums[posting.currency] += posting.amount if posting.side == "debit" else -posting.amount
    if count < 2 or any(sums.values()):  # noqa: PLR2004
        raise UnbalancedError(f"{count} postings, sums {dict(sums)}")
