"""Which executor this process is, proved by a lock that the kernel drops when the process dies.

A worker must come back under the name it had, or what it was doing waits for nobody; and two living workers must not
share a name, or each would take over the other's work. So every process of a machine holds the lowest free slot.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MOST_SLOTS = 256


@dataclass(frozen=True, slots=True)
class ExecutorSlot:
    """Held until `release` or the end of the process. `id` is `<machine>-<number>`."""

    id: str
    descriptor: int

    def release(self) -> None:
        os.close(self.descriptor)


class NoFreeSlotError(Exception):
    """More worker processes on one machine than anyone means to start."""


def take_slot(folder: Path, machine: str) -> ExecutorSlot:
    """The lowest one that no living process holds. `folder` is on this machine's own disk."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(MOST_SLOTS):
        slot = _try(folder / f"{machine}-{number}.lock")
        if slot is not None:
            return slot
    raise NoFreeSlotError(f"all {MOST_SLOTS} executor slots in {folder} are taken")


@contextmanager
def dead_slots(folder: Path, machine: str) -> Iterator[list[str]]:
    """Executors of this machine that have no living process; nobody can become one of them inside the block."""
    slots = [slot for path in sorted(folder.glob(f"{machine}-*.lock")) if (slot := _try(path)) is not None]
    try:
        yield [slot.id for slot in slots]
    finally:
        for slot in slots:
            slot.release()


def is_alive(folder: Path, executor_id: str) -> bool:
    """Whether a process of this machine runs as that executor now."""
    path = folder / f"{executor_id}.lock"
    if not path.exists():
        return False
    slot = _try(path)
    if slot is not None:
        slot.release()
    return slot is None


def _try(path: Path) -> ExecutorSlot | None:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return ExecutorSlot(path.stem, descriptor)
