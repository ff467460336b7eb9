"""What failed refunds owe, with payments by hand in between, must not depend on when we look."""

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fund.donations.refund_debts import refund_debts
from fund.payments.facts import Refund
from tests.factories.facts import refund, txn

WHAT = st.sampled_from(["leave", "fail", "cancel", "look", "by hand", "look"])
MOVES = st.lists(st.tuples(WHAT, st.integers(0, 9), st.integers(1, 50)), min_size=3, max_size=25)


@dataclass
class Books:
    """Entries by source, as they are posted when we look: each once, and never changed."""

    posted: dict[str, int] = field(default_factory=dict)
    by_hand: dict[str, int] = field(default_factory=dict)

    def look(self, refunds: list[Refund]) -> dict[str, int]:
        debts = refund_debts(refunds, lambda one: one.amount, self.by_hand)
        for name, figures, sign in (
            ("settled", debts.settled, -1),
            ("owed", debts.owed, 1),
            ("again", debts.owed_again, 1),
        ):
            for id_, amount in figures.items():
                self.posted.setdefault(f"{id_}:{name}", sign * amount)
        return debts.open

    @property
    def liability(self) -> int:
        return sum(self.posted.values()) - sum(self.by_hand.values())


@given(MOVES)
@settings(max_examples=400, deadline=None)
def test_the_books_owe_what_the_refunds_leave_open(moves: list[tuple[str, int, int]]) -> None:
    refunds: list[Refund] = []
    books, open_ = Books(), dict[str, int]()
    for hour, (what, which, amount) in enumerate(moves):
        standing = [index for index, one in enumerate(refunds) if one.status == "succeeded"]
        if what == "leave":
            name = f"re_{hour}"
            refunds.append(refund(name, amount, txn(f"txn_{name}", -amount, hours=hour)))
        elif what in ("fail", "cancel") and standing:
            index = standing[which % len(standing)]
            refunds[index] = _back(refunds[index], "failed" if what == "fail" else "canceled", hour)
        elif what == "look":
            open_ = books.look(refunds)
            assert books.liability == sum(open_.values())
        elif what == "by hand" and any(open_.values()):
            id_ = [id_ for id_, left in open_.items() if left][which % sum(map(bool, open_.values()))]
            part = min(amount, open_[id_])
            books.by_hand[id_] = books.by_hand.get(id_, 0) + part
            open_[id_] -= part
    open_ = books.look(refunds)
    assert books.liability == sum(open_.values())
    assert all(left >= 0 for left in open_.values())


def _back(one: Refund, status: str, hour: int) -> Refund:
    more: dict[str, Any] = {"status": status}
    return replace(one, failure_balance_transaction=txn(f"back_{one.id}", one.amount, hours=hour), **more)


def test_a_refund_that_we_hear_of_late_does_not_settle_what_was_paid_by_hand() -> None:
    first = _back(refund("re_1", 100, txn("txn_1", -100)), "failed", 1)
    second = refund("re_2", 100, txn("txn_2", -100, hours=2))
    debts = refund_debts([first, second], lambda one: one.amount, {"re_1": 70})
    assert (debts.owed, debts.settled, debts.open) == ({"re_1": 100}, {"re_2": 30}, {"re_1": 0})
