import threading
from collections.abc import Sequence

import pytest

from fund.hooks.intake import MOST_AT_ONCE, Intake
from tests.fixtures.threads import at_once
from tests.fixtures.until import until


class Table:
    """Where items go; a batch with `bad` in it cannot be written."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        self.writing = 0
        self.most_writing = 0

    def write(self, items: Sequence[str]) -> None:
        self.writing += 1
        self.most_writing = max(self.most_writing, self.writing)
        self.begun.set()
        self.gate.wait(10)
        self.writing -= 1
        if "bad" in items:
            raise LookupError("bad")
        self.batches.append(list(items))

    @property
    def items(self) -> list[str]:
        return sorted(item for batch in self.batches for item in batch)


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def intake(table: Table) -> Intake[str]:
    return Intake(table.write)


def test_one_alone_is_written_at_once(table: Table, intake: Intake[str]) -> None:
    intake.keep("a")
    intake.keep("b")
    assert table.batches == [["a"], ["b"]]


def test_those_who_come_during_a_write_are_written_together(table: Table, intake: Intake[str]) -> None:
    _keep_at_once(table, intake, ["first"], [f"{number}" for number in range(7)])
    assert [len(batch) for batch in table.batches] == [1, 7]
    assert table.items == sorted(["first", *(f"{number}" for number in range(7))])


def test_one_that_cannot_be_written_turns_only_itself_away(table: Table, intake: Intake[str]) -> None:
    failed = _keep_at_once(table, intake, ["first"], ["a", "bad", "b", "c"])
    assert failed == ["bad"]
    assert table.items == ["a", "b", "c", "first"]
    assert all(table.batches), "nothing is written for nobody"
    intake.keep("later")
    assert "later" in table.items


def test_a_crowd_is_kept_whole_by_one_writer_at_a_time(table: Table, intake: Intake[str]) -> None:
    items = [f"{number:04}" for number in range(16 * 50)]

    def keep_mine(number: int) -> None:
        for item in items[number::16]:
            intake.keep(item)

    at_once(16, keep_mine)
    assert table.items == items
    assert table.most_writing == 1
    assert max(map(len, table.batches)) <= MOST_AT_ONCE


def _keep_at_once(table: Table, intake: Intake[str], first: list[str], rest: list[str]) -> list[str]:
    """Hold the write of `first` until all of the rest stand in line; the items that were turned away."""
    failed: list[str] = []

    def come(number: int) -> None:
        if number == 0:
            intake.keep(first[0])
            return
        table.begun.wait(10)
        if number > len(rest):
            until(lambda: len(intake._line) == len(rest))
            table.gate.set()
            return
        try:
            intake.keep(rest[number - 1])
        except LookupError:
            failed.append(rest[number - 1])

    table.gate.clear()
    at_once(len(rest) + 2, come)
    return failed
