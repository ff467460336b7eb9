"""Where a long export goes: standard output, or a file that is written whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from fund.cli.exits import refuse


def write_lines(lines: Iterable[str], path: Path | None = None) -> None:
    """Exit 1 with a sentence when it cannot be written, quietly when whoever reads has had enough (`| head`)."""
    try:
        if path is not None:
            _replace(path, lines)
            return
        for line in lines:
            sys.stdout.write(line)
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # click ends it with status 1
    except OSError as problem:
        if path is None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left in the buffer goes nowhere
        refuse(f"The export could not be written: {problem.strerror}.")


def _replace(path: Path, lines: Iterable[str]) -> None:
    made, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(made, "w", encoding="utf-8", newline="") as target:
            target.writelines(lines)
            target.flush()
            os.fsync(target.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
