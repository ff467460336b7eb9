# ruff: noqa: INP001  a script, no part of a package
"""Takes the pictures of this folder from a running demo: `python docs/screenshots/take.py http://127.0.0.1:8000`.

The demo must have its gifts. One gift of 62.50 is given on the way, through the sandbox, for the thank-you page.
Each picture shows what a visitor sees without scrolling, so that it stays small.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent
CAMPAIGN = "/c/four-labels"
HEIGHTS = {320: 1100, 1280: 960}
TWICE = ((1280, "light"), (320, "dark"))
"""How pages are shown that need not be seen in every look."""
CARD = "4242424242424242"


def give(browser: Browser, site: str) -> str:
    """The address of the thank-you page of a gift that is booked."""
    page = browser.new_page()
    page.goto(f"{site}{CAMPAIGN}/donate?amount=62.50")
    page.get_by_label("By name").check()
    page.get_by_label("Name", exact=True).fill("Ondine")
    page.locator("form button").click()
    page.locator("#card").fill(CARD)
    page.locator("#pay").click()
    page.get_by_text("Your gift is in.").wait_for(timeout=60_000)
    address = page.url
    page.close()
    return address


def take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.screenshot(path=FOLDER / f"{name}.png")


def main(site: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        pages = {
            ("campaign", "en"): site + CAMPAIGN,
            ("campaign", "fr"): f"{site}/fr{CAMPAIGN}",
            ("donate", "en"): f"{site}{CAMPAIGN}/donate?amount=62.50",
            ("thanks", "en"): give(browser, site),
            ("update", "en"): f"{site}{CAMPAIGN}/updates/3",
        }
        more = {
            ("timeline", "en"): f"{site}{CAMPAIGN}/timeline",
            ("history", "fr"): f"{site}/fr{CAMPAIGN}/history",
            ("books", "en"): f"{site}{CAMPAIGN}/books",
            ("report", "en"): f"{site}{CAMPAIGN}/reports/1",
        }
        for width, height in HEIGHTS.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
                page = context.new_page()
                shown = pages | more if (width, scheme) in TWICE else pages
                for (name, locale), address in shown.items():
                    take(page, address, f"{name}-{width}-{scheme}-{locale}")
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
