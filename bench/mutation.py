"""How many small faults in our code the quick tests notice: `./run bench mutation [--sample N] [FILE ...]`.

Each fault changes one operator, constant, condition or statement of one file, in the memory of a process of its own;
the tests of that file run there until the first one fails. Faults in words (texts, names, keys) and in decorators (how
a dataclass is made) are not made, nor in locks of rows (`with_for_update`), which SQLite has none of and the tests here
run on. Prints every fault that no test noticed, and the score. FILE may be a folder; without one: the files that move
and count money.
"""

import argparse
import ast
import atexit
import copy
import importlib
import importlib.abc
import importlib.machinery
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench._mutation_tests import MONEY, files_of, tests_of

ROOT = Path(__file__).resolve().parent.parent
PASS_AT = 0.85
TIMEOUT = 300
"""Seconds that the tests of one fault may wait: long, for other people's load must not look like a noticed fault."""
CPU_TIME = 60
"""Seconds that they may compute: a fault that never ends is noticed."""
OPTIONS = ["-x", "-q", "-W", "ignore:Module already imported", "-k", "not postgresql"]
LIBRARIES = (
    "pytest", "sqlalchemy.orm", "flask", "stripe", "alembic.command", "babel.numbers", "hypothesis.strategies",
    "playwright.sync_api", "psycopg", "structlog", "dbos",
)  # fmt: skip
"""Imported once, before the children begin; not what pytest wants to import itself."""
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


def faults(source: str) -> Iterator[tuple[str, str]]:
    """Line and kind of each fault, and the source with it."""
    tree = ast.parse(source)
    spared = {each for node in ast.walk(tree) for part in _spared(node) for each in ast.walk(part)}
    for index, node in enumerate(ast.walk(tree)):
        for kind in () if node in spared else _kinds(node):
            wrong = copy.deepcopy(tree)
            _break(next(each for number, each in enumerate(ast.walk(wrong)) if number == index), kind)
            yield f"{getattr(node, 'lineno', 0)}: {kind}", ast.unparse(ast.fix_missing_locations(wrong))


def _spared(node: ast.AST) -> list[ast.expr]:
    """Parts in which no fault is made: see the top of this file."""
    lock = [node.value] if isinstance(node, ast.keyword) and node.arg == "with_for_update" else []
    return [*getattr(node, "decorator_list", ()), *lock]


def _kinds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPS and not _is_text(node):
        yield f"{type(node.op).__name__} swapped"
    if isinstance(node, ast.AugAssign) and type(node.op) in SWAPS:
        yield f"{type(node.op).__name__} swapped"
    if isinstance(node, ast.Compare):
        yield f"{type(node.ops[0]).__name__} swapped"
    if isinstance(node, ast.BoolOp):
        yield f"{type(node.op).__name__} swapped"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield f"{type(node.op).__name__} dropped"
    if isinstance(node, ast.If | ast.IfExp):
        yield "condition turned round"
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield f"{node.value} changed"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "statement left out"


def _is_text(node: ast.BinOp) -> bool:
    return any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (node.left, node.right))


def _break(node: ast.AST, kind: str) -> None:
    if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp):
        node.op = SWAPS[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.Compare):
        node.ops[0] = SWAPS[type(node.ops[0])]()  # type: ignore[call-overload]
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd() if isinstance(node.op, ast.USub) else node.op
        if kind.startswith("Not"):
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
    elif isinstance(node, ast.If | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1
    elif isinstance(node, ast.Expr):
        node.value = ast.Constant(None)


class _Wrong(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module's changed source in place of its file's."""

    def __init__(self, path: str, source: str) -> None:
        self._name, self._path, self._source = path.removesuffix(".py").replace("/", "."), path, source

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self, origin=self._path) if name == self._name else None

    def exec_module(self, module: object) -> None:
        exec(compile(self._source, self._path, "exec"), vars(module))  # noqa: S102  that is what this is for


def noticed(path: str, source: str) -> bool:
    """Run the tests of a file on a changed source, in a child that began before anything of ours was imported."""
    child = os.fork()
    if child == 0:
        _run_tests(path, source)
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _run_tests(path: str, source: str) -> None:
    """Never returns; status 0 if every test passed."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_TIME, CPU_TIME))
    status = 1
    try:
        import pytest  # noqa: PLC0415  with its environment made

        sys.meta_path.insert(0, _Wrong(path, source))
        status = int(pytest.main([*OPTIONS, *tests_of(path)]))
    finally:
        os._exit(status)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="or folder, such as fund/mail; by default what moves money"
    )
    parser.add_argument("--sample", type=int, help="so many faults of each file, drawn with a fixed seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="retainer-mutation-")
    atexit.register(shutil.rmtree, os.environ["TMPDIR"], ignore_errors=True)
    for library in LIBRARIES:
        importlib.import_module(library)
    made = []
    for path in files_of(chosen.files) or MONEY:
        if not noticed(path, Path(path).read_text() + "\nraise SystemError") or noticed(path, Path(path).read_text()):
            print(f"{path}: its tests do not pass as they are, or do not import it", file=sys.stderr)
            return 1
        of_file = [(path, name, source) for name, source in faults(Path(path).read_text())]
        made += random.Random(1).sample(of_file, min(chosen.sample or len(of_file), len(of_file)))
    with ThreadPoolExecutor(chosen.jobs) as pool:
        found = list(pool.map(_tried, made))
    return _say(made, found)


def _tried(fault: tuple[str, str, str]) -> bool:
    path, name, source = fault
    known = noticed(path, source)
    if not known:
        print(f"unnoticed: {path}:{name}", flush=True)
    return known


def _say(made: list[tuple[str, str, str]], found: list[bool]) -> int:
    all_ = Counter(path for path, *_ in made)
    killed: Counter[str] = Counter()
    for (path, *_), known in zip(made, found, strict=True):
        killed[path] += known
    for path, count in all_.items():
        print(f"{path}: {killed[path]} of {count} faults noticed")
    score = sum(found) / len(found)
    print(f"mutation score: {score:.1%} of {len(found)} faults (at least {PASS_AT:.0%})")
    return 0 if score >= PASS_AT else 1


if __name__ == "__main__":
    sys.exit(main())
