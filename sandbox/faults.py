"""Failures on demand: which request meets one, and how requests that must hang are let go."""

import threading
from dataclasses import dataclass

MODES = ("500", "429", "timeout", "reset", "commit_then_reset")
HANG_SECONDS = 90.0


@dataclass
class Fault:
    """Applies to every `every`-th request whose path begins with `path`, at most `times` times (None: no end)."""

    path: str
    mode: str
    every: int = 1
    times: int | None = None
    method: str | None = None
    seen: int = 0

    def strikes(self, method: str, path: str) -> bool:
        if not path.startswith(self.path) or self.method not in {None, method} or self.times == 0:
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults:
    """One fault a path; called under the sandbox's lock, except `hang`."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}
        self._let_go = threading.Event()

    def set(self, fault: Fault) -> None:
        self._faults[fault.path] = fault

    def clear(self, path: str | None = None) -> None:
        """Forget one fault or all; whatever hangs is let go."""
        if path is None:
            self._faults.clear()
        else:
            self._faults.pop(path, None)
        self._let_go.set()
        self._let_go = threading.Event()

    def pick(self, method: str, path: str) -> str | None:
        """Return the mode that this request meets, or None."""
        return next((each.mode for each in self._faults.values() if each.strikes(method, path)), None)

    def hang(self) -> None:
        """Wait 90 s, or until the faults are cleared."""
        self._let_go.wait(HANG_SECONDS)
