"""The desk in a real browser: by keyboard alone, and at the width of a small telephone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.fund_process import FundProcess
from tests.journeys.keyboard import tab_to, type_into

DEMO_PASSWORD = "a password for the demo"
ROOMS = [
    "", "gifts", "messages", "campaigns", "campaigns/new", "campaigns/1", "campaigns/1/close", "updates",
    "campaigns/1/outcome", "campaigns/1/surplus", "campaigns/1/surplus/pass-on", "costs",
    "campaigns/1/parties", "campaigns/1/demands", "campaigns/1/counsel", "campaigns/1/timeline",
    "campaigns/1/timeline/new", "campaigns/1/updates/new", "updates/1", "updates/1/correct", "updates/1/preview",
    "members", "members/import", "members/2", "mail", "ledger", "ledger/check", "events", "audit",
]  # fmt: skip


@pytest.fixture(scope="module")
def kept() -> list[Any]:
    """The cookies of whoever signed in last: one session serves the tests of this file."""
    return []


@pytest.fixture
def at_desk(page: Page, demo_site: FundProcess, kept: list[Any]) -> Callable[[str], object]:
    """Goes to a page of the desk; the first time by signing in with the keyboard."""
    page.context.add_cookies(kept)
    page.goto(f"{demo_site.url}/desk/")
    if not kept:
        type_into(page, "[name=email]", "alice@example.org")
        type_into(page, "[name=password]", DEMO_PASSWORD)
        page.keyboard.press("Enter")
    expect(page).to_have_url(f"{demo_site.url}/desk/")
    kept[:] = page.context.cookies()
    return lambda path: page.goto(f"{demo_site.url}/desk/{path}")


def test_no_page_is_wider_than_the_screen(page: Page, at_desk: Callable[[str], object]) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    for room in ROOMS:
        at_desk(room)
        expect(page.locator("h1")).to_have_count(1)
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} at {width}"
    assert complaints == []


def test_a_mistake_is_named_and_its_link_leads_to_the_field(page: Page, at_desk: Callable[[str], object]) -> None:
    at_desk("campaigns/new")
    type_into(page, "[name=slug]", "Not An Address")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    tab_to(page, "[role=alert] a")
    page.keyboard.press("Enter")
    assert page.url.endswith("#f-slug")
    field = page.locator("[aria-invalid=true]").first
    described = field.get_attribute("aria-describedby") or ""
    expect(page.locator(f"#{described.split()[0]}")).to_be_visible()


def test_signing_out_closes_the_desk(
    page: Page, at_desk: Callable[[str], object], demo_site: FundProcess, kept: list[Any]
) -> None:
    kept.clear()
    tab_to(page, "header form button")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{demo_site.url}/")
    at_desk("gifts")
    expect(page).to_have_url(re.compile(r"/login\?next="))
