"""A browser used without a mouse; what has the focus must be seen to have it."""

import re

from playwright.sync_api import Page, expect

MOST_STEPS = 120


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, and see that one can see it."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{selector} has no visible focus"
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard on {page.url}")


def press(page: Page, selector: str, leads_to: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(leads_to))


def type_into(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(text)
