"""Every setting stands in docs/guides/operate.md with its default, and nothing stands there that is no setting."""

import ast
import re

from config import SECRETS
from tests.fixtures.whole_run import ROOT

READERS = {"text", "listed", "number", "whole", "choice"}
ROW = re.compile(r"^\| `([A-Z_]+)` \| ([^|]*) \|([^|]*)\|", re.MULTILINE)
COMPUTED = "computed"
LAUNCHERS = {"PORT", "SANDBOX_PORT", "SANDBOX_SMTP_PORT"}


def settings() -> dict[str, str]:
    """Name and default of all that config.py reads; `computed` where the default is no constant."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse((ROOT / "config.py").read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READERS:
            name = node.args[0]
            if isinstance(name, ast.Constant):
                given = node.args[1] if len(node.args) > 1 else ast.Constant("")
                default = str(given.value) if isinstance(given, ast.Constant) else COMPUTED
                found[str(name.value)] = found.get(str(name.value)) or default
    return found


def documented() -> dict[str, str]:
    guide = (ROOT / "docs/guides/operate.md").read_text()
    return {name: default.strip().strip("`") for name, default, _ in ROW.findall(guide)}


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert set(documented()) == set(settings()) | LAUNCHERS


def test_documented_defaults_are_the_defaults() -> None:
    wrong = {
        name: f"{documented().get(name)!r} in the guide, {default!r} in config.py"
        for name, default in settings().items()
        if default != COMPUTED and documented().get(name) != (default or "none")
    }
    assert wrong == {}


def test_every_secret_is_marked_as_one() -> None:
    guide = (ROOT / "docs/guides/operate.md").read_text()
    marked = {name for name, _, text in ROW.findall(guide) if "**secret**" in text}
    assert marked == set(SECRETS)


def test_the_environment_is_read_in_one_place() -> None:
    from tests.house.tree import python_files, shown  # noqa: PLC0415

    readers = [
        shown(path)
        for path in python_files("fund", "wsgi.py")
        if re.search(r"\bos\.(environ|getenv)", path.read_text())
    ]
    assert readers == []
