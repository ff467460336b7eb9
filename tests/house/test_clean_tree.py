"""Nothing in the repository belongs to one machine."""

import re

from tests.fixtures.whole_run import ROOT
from tests.house.tree import shown, text_files

PRIVATE = re.compile(r"(?<![\w.*/-])/(?:work|root|opt|home/\w+|Users/\w+)/\w|[a-z]:\\Users", re.IGNORECASE)
LARGEST = 1_000_000


def test_no_file_names_a_private_path() -> None:
    found = [
        f"{shown(path)}:{number} {line.strip()[:80]}"
        for path in text_files()
        if shown(path) != "tests/house/test_clean_tree.py"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if PRIVATE.search(line)
    ]
    assert found == []


def test_requirements_name_no_index() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        assert [line for line in lines if "://" in line or line.startswith("--") or " @ " in line] == []
        pinned = [line for line in lines if re.match(r"^[a-zA-Z0-9]", line)]
        assert pinned
        assert all("==" in line for line in pinned)


def test_both_requirements_agree() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([\w.\[\]-]+==\S+)", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()


def test_no_file_is_huge() -> None:
    assert [shown(path) for path in text_files() if path.stat().st_size > LARGEST] == []


def test_nothing_is_left_to_do() -> None:
    marks = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME")) + r")\b")
    code = [*text_files("fund"), *text_files("sandbox"), *text_files("tests"), *text_files("templates")]
    assert [shown(path) for path in code if marks.search(path.read_text())] == []
