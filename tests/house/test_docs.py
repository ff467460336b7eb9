import re
from pathlib import Path

import pytest

from tests.fixtures.whole_run import ROOT
from tests.house.tree import repository_files, shown

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PAGES = [path for path in repository_files() if path.suffix == ".md"]
EXPECTED = {"README.md", "CHANGELOG.md", "docs/architecture.md", "docs/guides/operate.md"}


def anchor(heading: str) -> str:
    """As GitHub makes them."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(line.lstrip("#")) for line in page.read_text().splitlines() if line.startswith("#")}


def test_the_pages_that_everybody_looks_for_exist() -> None:
    assert {shown(page) for page in PAGES} >= EXPECTED


@pytest.mark.parametrize("document", PAGES, ids=shown)
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for target in LINK.findall(document.read_text()):
        path, _, fragment = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        aimed = (document.parent / path) if path else document
        if not aimed.exists() or (fragment and aimed.suffix == ".md" and fragment not in anchors(aimed)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("document", sorted((ROOT / "docs/decisions").glob("*.md")), ids=shown)
def test_a_decision_names_what_it_refused(document: Path) -> None:
    text = document.read_text().lower()
    assert "## context" in text
    assert "## decision" in text
    assert "refused" in text
