"""No file over 300 lines, no function over 40 without its docstring, unless `# size: <reason>` stands on the spot."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import python_files, shown

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
REASON = "# size: "


def measured() -> list[Path]:
    return [path for path in python_files("fund", "sandbox", "config.py") if path.parent.name != "versions"]


def long_functions(path: Path) -> Iterator[str]:
    source = path.read_text()
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1 - _docstring_lines(node)
            spot = lines[node.lineno - 2 : node.body[0].lineno]
            if length > LONGEST_FUNCTION and not any(REASON in line for line in spot):
                yield f"{shown(path)}:{node.lineno} {node.name}: {length} lines"


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    return (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) else 0


def test_files_are_small() -> None:
    long = [
        f"{shown(path)}: {count} lines"
        for path in measured()
        if (count := len((text := path.read_text()).splitlines())) > LONGEST_FILE
        and not any(line.startswith(REASON) for line in text.splitlines())
    ]
    assert long == []


def test_functions_are_small() -> None:
    assert [found for path in measured() for found in long_functions(path)] == []


def test_a_long_function_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.house.test_sizes.shown", str)
    body = "".join(f"    x{number} = {number}\n" for number in range(LONGEST_FUNCTION))
    path = tmp_path / "long.py"
    path.write_text(f"def first():\n{body}\n# size: a table\ndef second():\n{body}")
    assert [found.split()[1] for found in long_functions(path)] == ["first:"]
