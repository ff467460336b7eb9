"""A gift by hand, as a visitor gives it: from the campaign's page to Stripe's and back to the truth."""

import json
import re
import urllib.request
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.fixtures.fund_process import FundProcess
from tests.fixtures.until import until

CAMPAIGN = "/c/four-labels"
CARD = "4242424242424242"
CONFIRMED_WITHIN = 60_000
"""Milliseconds; the page looks again by itself."""
FOCUS_IS_SEEN = """
[document.activeElement, document.activeElement.nextElementSibling].some(
  element => element && getComputedStyle(element).opacity > 0 && getComputedStyle(element).outlineStyle !== "none"
)
"""
"""On the element itself, or on the tile that stands for it."""


def raised(site: FundProcess) -> int:
    campaign = json.loads(site.get("/api/v1/campaigns/four-labels"))
    return int(campaign["raised_gross"])


def shown(page: Page) -> str:
    return (page.locator(".figure strong").text_content() or "").strip()


def pay_at_stripe(page: Page) -> None:
    page.locator("#card").fill(CARD)
    page.locator("#pay").click()


def test_a_gift_goes_all_the_way(page: Page, demo_site: FundProcess) -> None:
    before = raised(demo_site)
    page.goto(demo_site.url + CAMPAIGN)
    page.get_by_text("15 minutes").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Amount in CAD")).to_have_value("62.50")
    page.get_by_label("By name").check()
    page.get_by_label("Name", exact=True).fill("Ondine de Québec")
    page.get_by_label("E-mail for the receipt").fill("ondine@example.net")
    page.get_by_role("button", name="Pay on Stripe’s page").click()
    expect(page).to_have_url(re.compile(f"^{demo_site.sandbox.url}/c/pay/"))
    pay_at_stripe(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your gift is in.", timeout=CONFIRMED_WITHIN)
    assert "ondine" not in page.url.lower()
    assert raised(demo_site) == before + 6250
    page.get_by_role("link", name="Back to the campaign").click()
    assert shown(page) == f"{(before + 6250) / 100:,.2f}"
    expect(page.locator(".donors")).to_contain_text("Ondine de Québec")
    until(lambda: any("ondine@example.net" in mail["to"] for mail in demo_site.sandbox.mail()), timeout=30)
    page.goto(f"{demo_site.sandbox.url}/mail")
    expect(page.locator("body")).to_contain_text("ondine@example.net")
    the_books_agree(demo_site)


def the_books_agree(site: FundProcess) -> None:
    """The ledger balances, and its Stripe account is what Stripe says."""
    checked = json.loads(site.flask("check-ledger", "--json"))
    assert checked["ok"], checked["problems"]
    request = urllib.request.Request(
        f"{site.sandbox.url}/v1/balance", headers={"Authorization": f"Bearer {site.environ['STRIPE_SECRET_KEY']}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        balance = json.load(answer)
    held = {
        line["currency"].upper(): line["amount"]
        + sum(other["amount"] for other in balance["available"] if other["currency"] == line["currency"])
        for line in balance["pending"]
    }
    booked = {currency: amount for currency, amount in stripe_account(checked).items() if amount}
    assert booked == {currency: amount for currency, amount in held.items() if amount}


def stripe_account(checked: dict[str, dict[str, dict[str, int]]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for account, currencies in checked["balances"].items():
        if account.startswith("assets:stripe:"):
            for currency, amount in currencies.items():
                found[currency] = found.get(currency, 0) + amount
    return found


def test_a_gift_without_javascript_in_french(browser: Browser, demo_site: FundProcess) -> None:
    before = raised(demo_site)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{demo_site.url}/fr{CAMPAIGN}")
    page.get_by_label("Autre montant").fill("12,34")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_label("Montant en CAD")).to_have_value("12,34")
    page.get_by_role("button", name="Payer sur la page de Stripe").click()
    pay_at_stripe(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci. Votre don est arrivé.", timeout=CONFIRMED_WITHIN)
    assert raised(demo_site) == before + 1234
    assert context.cookies(demo_site.url) == []
    context.close()


def test_leaving_stripes_page_leads_back_to_the_form(page: Page, demo_site: FundProcess) -> None:
    page.goto(f"{demo_site.url}{CAMPAIGN}/donate?amount=25")
    page.get_by_role("button", name="Pay on Stripe’s page").click()
    page.locator("#leave").click()
    expect(page).to_have_url(f"{demo_site.url}{CAMPAIGN}/donate")
    expect(page.get_by_role("button", name="Pay on Stripe’s page")).to_be_visible()


def test_a_gift_by_keyboard_alone_with_the_focus_always_seen(page: Page, demo_site: FundProcess) -> None:
    page.goto(demo_site.url + CAMPAIGN)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_until(page, lambda: page.evaluate("document.activeElement.type") == "radio")
    page.keyboard.press("ArrowRight")
    tab_until(page, lambda: page.evaluate("document.activeElement.textContent").strip() == "Continue")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Amount in CAD")).to_have_value("125.00")
    tab_until(page, lambda: page.evaluate("document.activeElement.name") == "visibility")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("By name")).to_be_checked()
    tab_until(page, lambda: page.evaluate("document.activeElement.name") == "display_name")
    page.keyboard.type("Aki")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"^{demo_site.sandbox.url}/c/pay/"))


def tab_until(page: Page, there: Callable[[], bool]) -> None:
    """Press Tab until the focus is where it should be; at every stop it must be visible."""
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_SEEN), page.evaluate("document.activeElement.outerHTML")
        if there():
            return
    raise AssertionError(f"never reached by Tab on {page.url}")
