"""The public pages in a real browser: accessible, narrow and wide, light and dark, English and French, alone."""

import re
import urllib.error
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from fund.kit.signing import Signer
from fund.updates.unsubscribing import unsubscribe_token
from tests.fixtures.fund_process import FundProcess
from tests.journeys.axe import faults
from tests.journeys.mailbox import link_in
from tests.journeys.visitor import Visitor
from tests.people import PASSWORD

CAMPAIGN = "/c/four-labels"
FELIX, BOB = "felix@example.net", "bob@example.org"
PAGES = (
    "/",
    CAMPAIGN,
    "/c/norrsken-host",
    f"{CAMPAIGN}/donate?amount=62.50",
    f"{CAMPAIGN}/thanks?session_id=none",
    f"{CAMPAIGN}/updates",
    f"{CAMPAIGN}/updates/1",
    f"{CAMPAIGN}/updates/2",
    f"{CAMPAIGN}/timeline",
    f"{CAMPAIGN}/follow",
    f"{CAMPAIGN}/follow?sent=1",
    "/privacy",
    "/terms",
    "/login",
    "/forgot",
    "/register",
    "/nowhere",
)
LOOKS: dict[str, tuple[tuple[int, Any], ...]] = {
    "": ((320, "light"), (320, "dark"), (768, "light"), (1280, "light")),
    "/fr": ((320, "light"), (320, "dark"), (768, "dark"), (1280, "dark")),
}
"""Both schemes where it is narrow and words break; where there is room, one in each language."""
ONE_LOOK: tuple[tuple[int, Any, str], ...] = (
    (320, "light", ""), (1280, "dark", "/fr"), (320, "dark", "/fr"), (768, "light", ""),
)  # fmt: skip
"""Width, scheme and language, in turn: for pages that others like them were looked at in every one."""
HREF = re.compile(r'(?:href|action)="(/[^"#]*)"')


@pytest.mark.parametrize("language", LOOKS)
def test_pages_are_accessible_and_fit(page: Page, demo_site: FundProcess, language: str) -> None:
    found: list[str] = []
    for path in PAGES:
        page.goto(demo_site.url + language + path)
        for width, scheme in LOOKS[language]:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            found += [f"{width} {scheme} {fault}" for fault in faults(page)]
    assert found == []


def test_a_form_that_came_back_is_accessible(page: Page, demo_site: FundProcess) -> None:
    page.goto(f"{demo_site.url}/fr{CAMPAIGN}/donate")
    page.get_by_label("Montant en CAD").fill("beaucoup")
    page.get_by_label("Par votre nom").check()
    page.get_by_role("button", name="Payer sur la page de Stripe").click()
    expect(page.get_by_role("alert")).to_contain_text("Écrivez le montant en chiffres")
    amount = page.get_by_label("Montant en CAD")
    expect(amount).to_have_value("beaucoup")
    expect(amount).to_have_accessible_description(re.compile("Écrivez le montant en chiffres"))
    assert faults(page) == []


def pages_behind_links(site: FundProcess) -> list[str]:
    """What the links of mails lead to: each asked for as people do, or signed as the site does."""
    for path, address in ((f"{CAMPAIGN}/follow", FELIX), ("/forgot", BOB), ("/register", FELIX)):
        Visitor(site.url).submit(path, to=path, email=address, name="Félix", password=PASSWORD)
    mailed = [link_in(site, FELIX, "follow"), link_in(site, BOB, "reset"), link_in(site, FELIX, "register")]
    token = unsubscribe_token(Signer(site.environ["SECRET_KEY"]), "m", 2, 1)
    paths = [re.sub(f"^{re.escape(site.url)}(/fr)?", "", link) for link in mailed]
    return [*paths, f"/unsubscribe/{token}", f"/preferences/{token}", "/preferences/cut.off"]


def test_pages_behind_the_links_of_mails_are_accessible(page: Page, demo_site: FundProcess) -> None:
    found: list[str] = []
    for number, path in enumerate(pages_behind_links(demo_site)):
        width, scheme, language = ONE_LOOK[number % len(ONE_LOOK)]
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(demo_site.url + language + path)
        found += faults(page)
    for path in (demo_site.url + "/fr/register", link_in(demo_site, BOB, "reset")):
        page.goto(path)
        page.locator("main form button").click()
        expect(page.get_by_role("alert")).to_be_visible()
        found += faults(page)
    assert found == []


def test_choosing_what_comes_is_accessible_at_every_step(page: Page, demo_site: FundProcess) -> None:
    token = unsubscribe_token(Signer(demo_site.environ["SECRET_KEY"]), "m", 3, 1)
    page.goto(f"{demo_site.url}/preferences/{token}")
    page.set_viewport_size({"width": 320, "height": 900})
    found: list[str] = []
    for button, then in (("Save", "Saved."), ("Stop everything", "No news goes"), ("Send them again", "come again")):
        page.get_by_role("button", name=button).click()
        expect(page.locator("main")).to_contain_text(then)
        found += faults(page)
    assert found == []


def test_nothing_comes_from_elsewhere_and_no_cookie_is_set(page: Page, demo_site: FundProcess) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for path in PAGES[:-1]:
        if "thanks" not in path:
            page.goto(demo_site.url + path)
    assert asked
    assert {url for url in asked if not url.startswith(demo_site.url)} == set()
    assert page.context.cookies() == []
    assert complaints == []


def test_no_link_leads_nowhere(demo_site: FundProcess) -> None:
    pages = {path: demo_site.get(path) for path in PAGES if path != "/nowhere" and "thanks" not in path}
    links = {link.replace("&amp;", "&") for page in pages.values() for link in HREF.findall(page)}
    assert len(links) > 20
    broken = []
    for link in sorted(links):
        try:
            urllib.request.urlopen(demo_site.url + link, timeout=30).close()
        except urllib.error.HTTPError as refused:
            broken.append(f"{refused.code} {link}")
    assert broken == []


def test_the_gift_box_is_in_reach_while_the_story_is_read(browser: Browser, demo_site: FundProcess) -> None:
    for width, reached in ((1280, "Continue"), (320, "Give to the defense")):
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto(demo_site.url + CAMPAIGN)
        page.get_by_role("heading", name="What it costs").scroll_into_view_if_needed()
        role = "button" if width > 1000 else "link"
        expect(page.get_by_role(role, name=reached, exact=True)).to_be_in_viewport()  # type: ignore[arg-type]
        context.close()
