"""Each of the forty hard cases of money has a test that says so by its mark and bears its number in its name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.fixtures.whole_run import ROOT

ALL = set(range(1, 41))
NUMBERS = re.compile(r"test_cases?((?:_\d\d)+)_")
MARK = "case"


def test_all_forty_cases_are_proved() -> None:
    marked = {number for _, _, numbers in _cases() for number in numbers}
    assert sorted(ALL - marked) == []
    assert sorted(marked - ALL) == []


def test_a_case_is_named_by_its_number() -> None:
    wrong = []
    for path, name, numbers in _cases():
        found = NUMBERS.match(name)
        if found is None or not {int(part) for part in found[1].split("_") if part} <= numbers:
            wrong.append(f"{path}: {name} is marked {sorted(numbers)}")
    assert wrong == []


def _cases() -> Iterator[tuple[Path, str, set[int]]]:
    """File, name and numbers of every test that is marked, by itself or by its module, or named as a case."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        marks = [node.value for node in tree.body if isinstance(node, ast.Assign) and _is_module_mark(node)]
        of_module = {number for mark in marks for number in _numbers(mark)}
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                numbers = of_module | {number for mark in node.decorator_list for number in _numbers(mark)}
                if numbers or NUMBERS.match(node.name):
                    yield path.relative_to(ROOT), node.name, numbers


def _is_module_mark(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)


def _numbers(marks: ast.expr) -> Iterator[int]:
    for node in ast.walk(marks):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == MARK:
            yield from (
                part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, int)
            )
