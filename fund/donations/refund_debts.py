"""What failed refunds leave us owing a donor, and which later refund pays it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fund.payments.facts import Refund

LEFT, CAME_BACK = 0, 1


@dataclass(frozen=True, slots=True)
class Debts:
    """By refund id, minor units of the settled currency, all above zero."""

    owed: dict[str, int]
    """It failed after it had left: the donor is still owed it."""
    settled: dict[str, int]
    """What it pays of what was owed when it left."""
    owed_again: dict[str, int]
    """It was called off, so what it had paid of an older debt is owed once more."""


def refund_debts(refunds: Sequence[Refund], given: Callable[[Refund], int]) -> Debts:
    """`given` is a refund's part of the gift as it was booked.

    Goes by when the money moved, as Stripe's lines say it, so that the answer is the same whenever we look: a refund
    settles only what had failed before it left. In one second leaving comes first, so that no later look changes what
    an earlier one found.
    """
    debts, open_ = Debts({}, {}, {}), 0
    for _moment, kind, index in sorted(_moves(refunds)):
        refund = refunds[index]
        if kind == LEFT:
            _note(debts.settled, refund, min(open_, given(refund)))
            open_ -= debts.settled.get(refund.id, 0)
        elif refund.status == "failed":
            _note(debts.owed, refund, given(refund))
            open_ += given(refund)
        else:
            _note(debts.owed_again, refund, debts.settled.get(refund.id, 0))
            open_ += debts.owed_again.get(refund.id, 0)
    return debts


def _moves(refunds: Sequence[Refund]) -> list[tuple[datetime, int, int]]:
    moves = []
    for index, refund in enumerate(refunds):
        if refund.balance_transaction is not None:
            moves.append((refund.balance_transaction.created, LEFT, index))
        if refund.failure_balance_transaction is not None:
            moves.append((refund.failure_balance_transaction.created, CAME_BACK, index))
    return moves


def _note(figures: dict[str, int], refund: Refund, amount: int) -> None:
    if amount > 0:
        figures[refund.id] = amount
