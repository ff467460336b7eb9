import subprocess
import sys
import tomllib

from tests.fixtures.whole_run import ROOT

SELDOM = {"fpdf", "pypdf", "fontTools", "PIL"}
"""A fifth of what every start and command would load, for the few requests that draw or clean a document."""
ALONE = {"app", "migrations", "tables", "translations"}


def the_order() -> set[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {name.strip() for layer in layers for name in layer.split("|")}


def test_every_import_keeps_the_contracts() -> None:
    program = str(ROOT / ".venv/bin/lint-imports")
    if not (ROOT / ".venv/bin/lint-imports").exists():
        program = str(sys.executable).replace("python3", "python").rpartition("/")[0] + "/lint-imports"
    done = subprocess.run([program, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_every_folder_of_the_order_exists() -> None:
    missing = [name for name in the_order() - ALONE if not (ROOT / "fund" / name / "__init__.py").is_file()]
    assert missing == []


def test_every_folder_has_its_place_in_the_order() -> None:
    folders = {path.parent.name for path in (ROOT / "fund").glob("*/__init__.py")}
    assert folders - the_order() - ALONE == set()


def test_what_is_seldom_needed_is_not_loaded_at_the_start() -> None:
    script = "import sys, fund.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert SELDOM & set(done.stdout.split()) == set()
