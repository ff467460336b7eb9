"""A monthly gift as its donor lives it: given, renewed, changed at Stripe and ended, all from the gift's own page."""

import json
import quopri
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.fund_process import FundProcess
from tests.fixtures.until import until
from tests.journeys.axe import faults

CAMPAIGN = "/c/norrsken-host"
ADDRESS = "maja@example.net"
MONTH, FEE_COMES = 32 * 86_400, 3_700
"""Seconds of the sandbox's clock."""
WIDTHS = (320, 768, 1280)


def raised(site: FundProcess) -> int:
    return int(json.loads(site.get(f"/api/v1{CAMPAIGN.replace('/c/', '/campaigns/')}"))["raised_gross"])


def links(site: FundProcess, subject: str) -> list[str]:
    """Gift pages named in the mails to our donor whose subject begins so, oldest first."""
    plain = [
        quopri.decodestring(mail["raw"].encode()).decode(errors="replace")
        for mail in site.sandbox.mail()
        if ADDRESS in mail["to"] and f"\nSubject: {subject}" in mail["raw"].replace("\r", "")
    ]
    return [found[0] for text in plain if (found := re.search(rf"{site.url}(?:/fr)?/gift/[\w.-]+", text))]


def wait_for_receipts(site: FundProcess, count: int) -> str:
    """The newest receipt's link, once so many have come."""
    until(lambda: len(links(site, "Receipt")) >= count, timeout=40, every=0.2)
    return links(site, "Receipt")[count - 1]


def give_monthly(page: Page, site: FundProcess) -> None:
    page.goto(site.url + CAMPAIGN)
    page.get_by_text("15 minutes").click()
    page.get_by_label("Every month").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Every month")).to_be_checked()
    expect(page.get_by_label("End it by itself")).to_be_checked()
    page.get_by_label(re.compile("so that the whole 600.00 reaches the fund")).check()
    page.get_by_label("By name").check()
    page.get_by_label("Name", exact=True).fill("Maja")
    page.get_by_label("E-mail for the receipt").fill(ADDRESS)
    page.get_by_role("button", name="Pay on Stripe’s page").click()
    expect(page).to_have_url(re.compile(f"^{site.sandbox.url}/c/pay/"))
    page.locator("#card").fill("4242424242424242")
    page.locator("#pay").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Thank you"), timeout=60_000)


@pytest.mark.parametrize("language", ["", "/fr"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_back_without_an_address(browser: Browser, demo_site: FundProcess, language: str, scheme: str) -> None:
    """The gift page of a gift given once, reached from the thank-you page; accessible and never too wide."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", java_script_enabled=True)
    page = context.new_page()
    page.goto(f"{demo_site.url}{language}{CAMPAIGN}/donate?amount=100")
    page.locator("main form button[type=submit]").click()
    page.locator("#card").fill("4242424242424242")
    page.locator("#pay").click()
    own = page.locator(".own-page a")
    expect(own).to_be_visible(timeout=60_000)
    found = faults(page)
    own.click()
    expect(page.locator(".figure")).to_contain_text("100")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += faults(page)
    assert context.cookies(demo_site.url) == []
    context.close()
    assert found == []


def use_card(page: Page, number: str) -> None:
    """At Stripe's page for the monthly gift, and back."""
    page.get_by_role("button", name="Manage it at Stripe").click()
    button = page.locator("button.card")
    button.locator("xpath=preceding-sibling::input[@name='card']").fill(number)
    button.click()
    page.locator("#back").click()


def test_a_monthly_gift_from_the_first_payment_to_its_end(page: Page, demo_site: FundProcess) -> None:
    """Moves the sandbox's clock by months, after which it opens no page for a form of today: the last test here."""
    sandbox, before = demo_site.sandbox, raised(demo_site)
    give_monthly(page, demo_site)
    sandbox.advance(FEE_COMES)
    page.goto(wait_for_receipts(demo_site, 1))
    expect(page.get_by_role("heading", level=1)).to_have_text("This gift is paid")
    expect(page.locator(".sheet .facts")).to_contain_text("that you added for the processing fee")
    given = raised(demo_site) - before
    assert given > 60_000
    assert faults(page) == []

    sandbox.advance(MONTH)
    sandbox.advance(FEE_COMES)
    second = wait_for_receipts(demo_site, 2)
    until(lambda: raised(demo_site) == before + 2 * given, timeout=20)
    assert second != links(demo_site, "Receipt")[0]

    page.goto(second)
    page.get_by_label("Hidden from the public").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Changed.")
    fails_and_is_told(page, demo_site)
    ends(page, demo_site, second)
    sandbox.advance(MONTH)
    assert raised(demo_site) == before + 2 * given
    assert json.loads(demo_site.flask("check-ledger", "--json"))["ok"]


def fails_and_is_told(page: Page, site: FundProcess) -> None:
    use_card(page, "4000000000000341")
    expect(page.get_by_role("status")).to_contain_text("Back from Stripe.")
    site.sandbox.advance(MONTH)
    until(lambda: links(site, "This =?utf-8?q?month"), timeout=40, every=0.2)
    page.reload()
    expect(page.locator("main")).to_contain_text("The last payment did not go through.")
    assert faults(page) == []


def ends(page: Page, site: FundProcess, address: str) -> None:
    """First at Stripe, after the time that is paid; then at once, on our page."""
    page.get_by_role("button", name="Manage it at Stripe").click()
    page.locator(".stop_later").click()
    page.locator("#back").click()
    expect(page).to_have_url(f"{address}?done=portal")
    until(lambda: "without another payment" in site.get(address.removeprefix(site.url)), timeout=20)
    page.get_by_role("link", name="End it now").click()
    expect(page.locator("main")).to_contain_text("Nothing has changed yet.")
    assert faults(page) == []
    page.get_by_role("button", name="End it now").click()
    expect(page.get_by_role("status")).to_contain_text("Your monthly gift has ended.")
    expect(page.locator("main")).to_contain_text("It ended on")
