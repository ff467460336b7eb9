"""axe-core in the page under test. Vendored in tests/vendor, with its licence; never part of what is served."""

from playwright.sync_api import Page

from tests.fixtures.whole_run import ROOT

SOURCE = (ROOT / "tests/vendor/axe-core-4.14.1/axe.min.js").read_text(encoding="utf-8")
RUN = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
IS_THERE = "typeof axe !== 'undefined'"
TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"


def faults(page: Page) -> list[str]:
    """What axe has against the page as it stands now, and whether it scrolls sideways; one line each."""
    if not page.evaluate(IS_THERE):
        page.evaluate(SOURCE)
    found = [
        f"{page.url} {violation['id']}: {node['target']} {node.get('failureSummary', '')}"
        for violation in page.evaluate(RUN)
        for node in violation["nodes"]
    ]
    wide = page.evaluate(TOO_WIDE)
    return [*found, f"{page.url} is {wide} px too wide"] if wide > 0 else found
