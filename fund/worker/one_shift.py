"""Long work in short transactions: a part at a time, with room in between for whoever else has to write."""

import threading
import time
from collections.abc import Callable

SHIFT_SECONDS = 5 * 60
"""After this a worker hands over to a fresh one, well before it would be called off for taking too long."""
_BREATH = 0.5
"""Of the time that a part took. SQLite has one writer, and who comes back at once would nearly always be it."""


def one_shift(do_next: Callable[[], bool], stopping: threading.Event) -> bool:
    """Call `do_next` until it says that there is no more, the shift is over or the process is asked to end.

    Whether there may be more.
    """
    end = time.monotonic() + SHIFT_SECONDS
    more = True
    while more and not stopping.is_set() and time.monotonic() < end:
        more = with_breath(do_next, stopping)
    return more


def with_breath(do_next: Callable[[], bool], stopping: threading.Event) -> bool:
    """One part, and a while in which others may write; whether there are more."""
    begun = time.monotonic()
    more = do_next()
    stopping.wait((time.monotonic() - begun) * _BREATH)
    return more
