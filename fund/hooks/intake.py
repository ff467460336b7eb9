"""What arrives together is kept together: one transaction and one sync to the disk for all who wait.

There is no thread of its own and nothing to start or stop. The first request writes; those that come meanwhile line
up, and the first of them then writes what all of them brought. Each is answered after the commit of its own.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
MOST_AT_ONCE = 100


class _Waiting(Generic[T]):
    """One request and its item. `called` is held until the item is dealt with, or until it is this one's turn."""

    def __init__(self, item: T) -> None:
        self.item = item
        self.called = threading.Lock()
        self.called.acquire()
        self.is_done = False
        self.problem: Exception | None = None


class Intake(Generic[T]):
    """`write` keeps items in one transaction and commits."""

    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._line: list[_Waiting[T]] = []
        self._is_writing = False

    def keep(self, item: T) -> None:
        """Returns once `item` is committed; raises whatever kept it from being so."""
        mine = _Waiting(item)
        with self._lock:
            self._line.append(mine)
            waits = self._is_writing
            self._is_writing = True
        if waits:
            mine.called.acquire()
        if not mine.is_done:
            self._write_for_all()
        if mine.problem is not None:
            raise mine.problem

    def _write_for_all(self) -> None:
        with self._lock:
            taken = self._line[:MOST_AT_ONCE]
            del self._line[:MOST_AT_ONCE]
        try:
            self._write_each(taken)
        finally:
            with self._lock:
                following = self._line[0] if self._line else None
                self._is_writing = following is not None
            if following is not None:
                following.called.release()
            for one in taken:
                one.called.release()

    def _write_each(self, taken: list[_Waiting[T]]) -> None:
        try:
            self._write([one.item for one in taken])
        except Exception as problem:  # noqa: BLE001  each of the waiting requests raises it again
            if len(taken) == 1:
                taken[0].problem, taken[0].is_done = problem, True
                return
            for one in taken:  # one that cannot be written must not turn the others away
                self._write_each([one])
            return
        for one in taken:
            one.is_done = True
