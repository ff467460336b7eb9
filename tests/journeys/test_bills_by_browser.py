"""Counsel's time, bill and payment in a real browser: accessible, narrow and wide, light and dark."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fund.kit.clock import utc_now
from tests.fixtures.fund_process import FundProcess
from tests.journeys.axe import faults

DESK = "/desk/campaigns/1"
LOOKS: tuple[tuple[int, Any], ...] = ((320, "light"), (1280, "dark"))


@pytest.fixture
def at_desk(page: Page, demo_site: FundProcess) -> Callable[[str], None]:
    """Goes to a page of the desk, as Alice."""
    page.goto(f"{demo_site.url}/login")
    page.fill("[name=email]", "alice@example.org")
    page.fill("[name=password]", "a password for the demo")
    page.click("main button")
    expect(page).to_have_url(re.compile("/desk/$"))

    def go(path: str) -> None:
        page.goto(demo_site.url + path)

    return go


def fill(page: Page, **typed: str) -> None:
    """The page's long form, sent."""
    for name, value in typed.items():
        page.fill(f"main form.long [name={name}]", value)
    page.click("main form.long button")


def look(page: Page, found: list[str]) -> None:
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += faults(page)


def test_a_bill_from_time_to_payment(page: Page, at_desk: Callable[[str], None]) -> None:
    today = utc_now().date().isoformat()
    found: list[str] = []
    at_desk(f"{DESK}/counsel")
    why = {"en_reason": "First counsel", "fr_reason": "Premier avocat"}
    fill(page, name="Me Lavoie", from_on="2026-01-05", consented_on="2026-01-05", **why)
    expect(page.get_by_role("main")).to_contain_text("Me Lavoie")
    at_desk("/desk/offline-gift")
    page.select_option("[name=campaign]", "1")
    page.select_option("[name=method]", "bank")
    fill(page, amount="900", received_on=today)
    page.click("form.decide button")
    at_desk(f"{DESK}/time/new")
    look(page, found)
    fill(page, hours="2", narrative="Answer to the four letters")
    expect(page.get_by_role("status")).to_contain_text("The time is entered.")
    at_desk(f"{DESK}/bills/new")
    fill(page, number="", period_from="2026-11-01", period_until=today)
    expect(page.get_by_role("alert")).to_contain_text("Write the number that counsel gave this bill.")
    look(page, found)
    fill(page, number="F-1")
    expect(page.locator("h1")).to_have_text("Book this bill?")
    look(page, found)
    page.click("form.decide button >> nth=0")
    expect(page.get_by_role("status")).to_contain_text("The bill is in the books.")
    look(page, found)
    page.click(".headline a.act")
    look(page, found)
    page.check("[value=bank]")
    fill(page, amount="200")
    look(page, found)
    page.click("form.decide button")
    expect(page.get_by_role("status")).to_contain_text("The payment is in the books.")
    for path in (f"{DESK}/bills", f"/fr{DESK}/bills", f"{DESK}/trust", "/c/four-labels", "/fr/c/four-labels"):
        at_desk(path)
        look(page, found)
    expect(page.get_by_role("main")).to_contain_text("Reste à payer")
    assert "Answer to the four letters" not in page.content()
    assert found == []
