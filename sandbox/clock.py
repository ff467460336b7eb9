"""The sandbox's clock: wall time plus what was advanced, and the work that waits for a moment of it."""

import heapq
import itertools
import time
from collections.abc import Callable

Task = Callable[[], None]

MINUTE, HOUR, DAY = 60, 3600, 86400


class Clock:
    """Not locked by itself: every caller holds the sandbox's lock."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, Task]] = []

    def now(self) -> int:
        """Whole seconds since 1970, UTC, on the sandbox's clock."""
        return int(self._exact())

    def at(self, moment: float, task: Task) -> None:
        """Run `task` once the clock has reached `moment`; tasks of one moment keep their order."""
        heapq.heappush(self._waiting, (moment, next(self._order), task))

    def advance(self, seconds: float) -> int:
        """Move on; each task that falls due runs at its own moment. Returns the new time."""
        target = self._exact() + seconds
        while self._waiting and self._waiting[0][0] <= target:
            moment, _, task = heapq.heappop(self._waiting)
            self._jump(moment)
            task()
        self._jump(target)
        return self.now()

    def reset(self) -> None:
        """Back to wall time, with nothing waiting."""
        self._offset = 0.0
        self._waiting.clear()

    def _exact(self) -> float:
        return time.time() + self._offset

    def _jump(self, moment: float) -> None:
        self._offset = max(self._offset, moment - time.time())
