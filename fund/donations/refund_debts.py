"""What failed refunds leave us owing a donor, and which later refund pays it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fund.payments.facts import Refund

LEFT, CAME_BACK = 0, 1


@dataclass(frozen=True, slots=True)
class Debts:
    """By refund id, minor units of the settled currency; all above zero, but for `open`."""

    owed: dict[str, int]
    """It failed after it had left: the donor is still owed it."""
    settled: dict[str, int]
    """What it pays of what was owed when it left."""
    owed_again: dict[str, int]
    """It was called off, so what it had paid of an older debt is owed once more."""
    open: dict[str, int]
    """What of a failed one is owed in the end."""


def refund_debts(refunds: Sequence[Refund], given: Callable[[Refund], int], by_hand: Mapping[str, int]) -> Debts:
    """`given` is a refund's part of the gift as it was booked; `by_hand`, of a failed one, what was paid by hand.

    Goes by when the money moved, as Stripe's lines say it, so that the answer is the same whenever we look: a refund
    settles only what had failed before it left, the oldest debt first. In one second leaving comes first, so that no
    later look changes what an earlier one found. What was paid by hand is taken off its own debt from the beginning:
    it was only ever paid on what no refund had settled, and a refund that we hear of later cannot settle it again.
    """
    debts = Debts({}, {}, {}, {})
    paid: dict[str, dict[str, int]] = {}
    for _moment, kind, index in sorted(_moves(refunds)):
        refund = refunds[index]
        if kind == LEFT:
            paid[refund.id] = _pay(debts.open, given(refund))
            _note(debts.settled, refund, sum(paid[refund.id].values()))
        elif refund.status == "failed":
            _note(debts.owed, refund, given(refund))
            debts.open[refund.id] = max(0, given(refund) - by_hand.get(refund.id, 0))
        else:
            back = paid.pop(refund.id, {})
            _note(debts.owed_again, refund, sum(back.values()))
            for debt, part in back.items():
                debts.open[debt] += part
    return debts


def _pay(open_: dict[str, int], amount: int) -> dict[str, int]:
    """Takes `amount` off the debts, the oldest first; what it took of each."""
    parts: dict[str, int] = {}
    for debt, owed in open_.items():
        parts[debt] = min(owed, amount - sum(parts.values()))
        open_[debt] -= parts[debt]
    return parts


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
