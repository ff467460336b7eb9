"""The desk in a real browser: accessible, by keyboard alone, and at the width of a small telephone."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from fund.kit.clock import utc_now
from tests.fixtures.fund_process import FundProcess
from tests.fixtures.until import until
from tests.journeys.axe import faults
from tests.journeys.keyboard import tab_to, type_into

DEMO_PASSWORD = "a password for the demo"
ROOMS = [
    "", "gifts", "messages", "campaigns", "campaigns/new", "campaigns/1", "campaigns/1/close", "updates",
    "campaigns/1/outcome", "campaigns/1/surplus", "campaigns/1/surplus/pass-on", "costs",
    "campaigns/1/parties", "campaigns/1/demands", "campaigns/1/counsel", "campaigns/1/timeline",
    "campaigns/1/timeline/new", "campaigns/1/updates/new", "updates/1", "updates/1/correct", "updates/1/preview",
    "members", "members?kind=left", "members/import", "members/2", "mail", "mail/1", "mail/suppressed",
    "mail/messages", "mail/messages/update", "mail/messages/receipt", "ledger", "ledger/check", "events", "audit",
]  # fmt: skip
OWN_PAGES = ["/account", "/fr/account/gifts", "/account/delete"]
LOOKS: tuple[tuple[int, Any], ...] = ((320, "light"), (1280, "dark"), (320, "dark"), (768, "light"))
A_LIST = b"e-mail,name\na@example.org,A\nb@example.org,B\nc@example.org,C\nno address,D\n"


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
    return lambda path: page.goto(path if path.startswith(demo_site.url) else demo_site.url + path)


def test_every_page_is_accessible_and_no_wider_than_the_screen(page: Page, at_desk: Callable[[str], object]) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    for number, room in enumerate(ROOMS):
        at_desk(f"/fr/desk/{room}" if number % 3 == 0 else f"/desk/{room}")
        expect(page.locator("h1")).to_have_count(1)
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} at {width}"
        complaints += look(page, number)
    for number, path in enumerate(OWN_PAGES):
        at_desk(path)
        complaints += look(page, number)
    assert complaints == []


def look(page: Page, number: int) -> list[str]:
    """What axe has against the page, in one of the looks: all of them in turn."""
    width, scheme = LOOKS[number % len(LOOKS)]
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    return [f"{width} {scheme} {fault}" for fault in faults(page)]


def test_a_list_of_members_is_accessible_from_the_file_to_its_mailing(
    page: Page, at_desk: Callable[[str], object]
) -> None:
    found: list[str] = []
    at_desk("/desk/members/import")
    press(page, "Look at it", "Choose a file.")
    found += look(page, 0)
    page.set_input_files("[name=file]", {"name": "members.csv", "mimeType": "text/csv", "buffer": A_LIST})
    press(page, "Look at it", "Nobody has been added yet")
    found += look(page, 1) + look(page, 2)
    press(page, "Add 3 people", "Nobody was added yet")
    found += look(page, 3)
    page.fill("[name=consent]", "I want to be written to.")
    page.fill("[name=source]", "your account on the forum")
    press(page, "Add 3 people", "The import has begun.")
    until(lambda: page.reload() and page.locator("form[action$='/invite']").count(), timeout=30)
    found += look(page, 0)
    page.fill("[name=a_day]", "1")
    press(page, "Invite 3 people", "The invitations have begun.")
    found += look(page, 1)
    at_desk("/desk/mail")
    found += look(page, 2)
    page.locator("main [aria-labelledby=running] a").first.click()
    press(page, "Pause", "The mailing is paused")
    found += look(page, 3)
    press(page, "Cancel the mailing", "Tick the box")
    found += look(page, 0)
    assert found == []


def test_an_update_is_accessible_from_a_mistake_to_its_schedule(page: Page, at_desk: Callable[[str], object]) -> None:
    found: list[str] = []
    at_desk("/fr/desk/campaigns/1/updates/new")
    press(page, "Enregistrer le brouillon", "Rien n’est encore enregistré")
    found += look(page, 0)
    page.fill("[name=en_title]", "A date of " + "hearing" * 12)
    page.fill("[name=en_body]", "It is *set*.")
    press(page, "Enregistrer le brouillon", "Le brouillon est gardé")
    page.set_input_files("[name=file]", {"name": "a.png", "mimeType": "image/png", "buffer": a_picture()})
    page.fill("[name=en_words]", "The courthouse")
    press(page, "L’ajouter", "Le fichier est conservé")
    draft = page.url.partition("#")[0]
    for number, path in enumerate(("", "/preview", "/publish")):
        at_desk(draft + path)
        found += look(page, number)
    press(page, "La programmer", "Écrivez le jour")
    found += look(page, 3)
    page.fill("[name=publish_at]", (utc_now() + timedelta(days=30)).date().isoformat())
    page.fill("[name=publish_time]", "09:00")
    press(page, "La programmer", "Elle se publiera")
    at_desk(draft)
    found += look(page, 1)
    assert found == []


def press(page: Page, name: str, then: str) -> None:
    page.get_by_role("button", name=name, exact=True).press("Enter")
    expect(page.locator("main")).to_contain_text(then)


def a_picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (80, 50), "teal").save(drawn, "PNG")
    return drawn.getvalue()


def test_a_mistake_is_named_and_its_link_leads_to_the_field(page: Page, at_desk: Callable[[str], object]) -> None:
    at_desk("/desk/campaigns/new")
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
    at_desk("/desk/gifts")
    expect(page).to_have_url(re.compile(r"/login\?next="))
