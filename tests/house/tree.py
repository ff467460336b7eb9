"""What the house checks look at: the files of the repository."""

import subprocess
from functools import cache
from pathlib import Path

from tests.fixtures.whole_run import ROOT

BINARY = {".png", ".jpg", ".jpeg", ".webp", ".ico", ".ttf", ".woff2", ".pdf", ".gz"}


@cache
def repository_files() -> tuple[Path, ...]:
    """All that is, or would be, in the repository; without git, all but hidden folders and `instance`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not _is_aside(path.relative_to(ROOT))]
    return tuple(sorted(path for path in paths if path.is_file()))


def _is_aside(path: Path) -> bool:
    return path.parts[0] in (".git", ".venv", "instance") or "__pycache__" in path.parts or "_cache" in path.parts[0]


def text_files(*folders: str) -> list[Path]:
    """Those below `folders` (all without any) that hold text."""
    roots = [ROOT / folder for folder in folders] or [ROOT]
    return [
        path
        for path in repository_files()
        if path.suffix not in BINARY and any(path == root or root in path.parents for root in roots)
    ]


def python_files(*folders: str) -> list[Path]:
    return [path for path in text_files(*folders) if path.suffix == ".py"]


def templates(folder: str = "") -> list[Path]:
    return text_files(f"templates/{folder}" if folder else "templates")


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
