"""What was said to whom: one JSON line for every exchange and every delivery, as the contract check reads it."""

import json
import os
import threading
from pathlib import Path
from typing import TextIO

from sandbox.ids import new_id
from sandbox.objects import Obj


class Log:
    """Lines in memory and, when asked, in files, flushed line by line."""

    def __init__(self, path: str | None = None, folder: str | None = None) -> None:
        self._lock = threading.Lock()
        self._lines: list[str] = []
        self._folder = Path(folder) if folder else None
        self._files: list[TextIO] = [Path(path).open("a", encoding="utf-8")] if path else []  # noqa: SIM115
        self._own: TextIO | None = None
        self._left_out: list[str] = []
        self.start_file()

    def start_file(self) -> None:
        """Begin another file in the folder: after a reset the same keys and ids may mean something else."""
        with self._lock:
            if self._folder is None:
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._own is not None:
                self._own.close()
            name = f"sandbox-{os.getpid()}-{new_id('', 8)}.jsonl"
            self._own = (self._folder / name).open("a", encoding="utf-8")

    def leave_out(self, identifier: str) -> None:
        """Keep answers that show this object out of the log, because the contract check takes it for a mistake."""
        with self._lock:
            self._left_out.append(f'"id": "{identifier}"')

    def append(self, record: Obj) -> None:
        line = json.dumps(record)
        with self._lock:
            if any(each in line for each in self._left_out):
                return
            self._lines.append(line)
            for file in (*self._files, *([self._own] if self._own else [])):
                file.write(line + "\n")
                file.flush()

    def text(self) -> str:
        """Return everything since the start or the last `clear`, as JSON lines."""
        with self._lock:
            return "".join(line + "\n" for line in self._lines)

    def clear(self) -> None:
        """Empty the memory; files keep what they have."""
        with self._lock:
            self._lines.clear()
