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
        paths = [Path(path)] if path else []
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            paths.append(Path(folder) / f"sandbox-{os.getpid()}-{new_id('', 8)}.jsonl")
        self._files: list[TextIO] = [each.open("a", encoding="utf-8") for each in paths]

    def append(self, record: Obj) -> None:
        line = json.dumps(record)
        with self._lock:
            self._lines.append(line)
            for file in self._files:
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
