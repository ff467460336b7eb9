"""One update in a real browser: from the desk to a mailbox, out of it by one click, and back in by choice."""

import io
import re
from collections import Counter
from email.message import EmailMessage
from html import unescape
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.fund_process import FundProcess
from tests.fixtures.until import until
from tests.journeys.axe import faults
from tests.journeys.keyboard import press, tab_to, type_into
from tests.journeys.mailbox import mails, one_click, reached, words_of
from tests.journeys.visitor import Visitor

CAMPAIGN = "/c/four-labels"
ALICE, FELIX = "alice@example.org", "felix@example.net"
MEMBERS = {ALICE: 1, "bob@example.org": 1, "carol@example.org": 1}
EVERYBODY = Counter({**MEMBERS, FELIX: 1})
PASSWORD = "a password for the demo"
TITLE = "The answer is filed"
IMAGE_IS_THERE = "[...document.querySelectorAll('main img')].some(image => image.complete && image.naturalWidth)"
LINK = re.compile(r'https?://[^\s<>"]+')
MAIL_WITHIN = 30


def picture(folder: Path) -> Path:
    image = io.BytesIO()
    Image.new("RGB", (640, 400), "teal").save(image, "JPEG")
    path = folder / "courthouse.jpg"
    path.write_bytes(image.getvalue())
    return path


def mail_to(fund: FundProcess, address: str, subject: str) -> EmailMessage:
    return until(lambda: [mail for mail in mails(fund, subject) if str(mail["To"]) == address], timeout=MAIL_WITHIN)[-1]


def has_reached(fund: FundProcess, subject: str, everybody: Counter[str]) -> None:
    until(lambda: reached(fund, subject) == everybody, timeout=MAIL_WITHIN)


def follow(page: Page, fund: FundProcess) -> None:
    """In French, by keyboard; the mail's own link leads to the button."""
    page.goto(f"{fund.url}/fr{CAMPAIGN}/follow")
    type_into(page, "[name=email]", FELIX)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Regardez dans votre boîte aux lettres")
    open_mail(page, mail_to(fund, FELIX, "confirmer"))
    page.locator("a[href*='/follow/']").first.click()
    expect(page.locator("h1")).to_contain_text("Voulez-vous ces nouvelles")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Vous suivrez l’affaire")


def open_mail(page: Page, mail: EmailMessage) -> None:
    """As a mail program shows it: a page of its own, whose links lead to the site."""
    page.goto("about:blank")
    page.set_content(words_of(mail, "html"))


def write(page: Page, fund: FundProcess, image: Path) -> None:
    """Sign in, write, add a picture, look at it as page and mail, mail oneself a test: all by keyboard."""
    page.goto(f"{fund.url}/desk/updates")
    type_into(page, "[name=email]", ALICE)
    type_into(page, "[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{fund.url}/desk/updates")
    press(page, "a[href$='/desk/campaigns/1/updates/new']", "/updates/new$")
    tab_to(page, "[name=audience]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[name=audience][value=public]")).to_be_checked()
    type_into(page, "[name=en_title]", TITLE)
    type_into(page, "[name=en_body]", "It was **delivered** today.")
    press(page, "main form.long button", r"/desk/updates/\d+$")
    page.locator("[name=file]").set_input_files(image)
    type_into(page, "[name=en_words]", "The door of the courthouse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The file is kept")
    press(page, "main a[href$='/preview']", "/preview$")
    expect(page.get_by_role("img", name="The door of the courthouse")).to_be_visible()
    assert page.evaluate(IMAGE_IS_THERE)
    expect(page.locator("main")).to_contain_text("It was delivered today.")
    tab_to(page, "form[action$='/test'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("A test is on its way to you alone.")


def publish(page: Page) -> None:
    """By the preview's own link, and then look at how its mailing stands."""
    press(page, "main a[href$='/publish']", "/publish$")
    expect(page.locator("main")).to_contain_text(f"mailed to {len(EVERYBODY)} people")
    press(page, "main form.decide button", "/desk/updates$")
    expect(page.get_by_role("status")).to_contain_text("The update is published")


def see_mailing(page: Page, fund: FundProcess) -> None:
    page.goto(f"{fund.url}/desk/mail")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text(f"{len(EVERYBODY)} of {len(EVERYBODY)}")


def read(page: Page, fund: FundProcess) -> None:
    """The follower's mail leads to the page, which shows the picture."""
    open_mail(page, mail_to(fund, FELIX, TITLE))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    assert page.locator("img").count() == 0
    page.get_by_role("link", name="La lire sur le site").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    until(lambda: page.evaluate(IMAGE_IS_THERE))


def scan(fund: FundProcess, mail: EmailMessage) -> None:
    """What a program of the mail server does before anybody has read it: GET all that looks like a link."""
    said = words_of(mail) + unescape(words_of(mail, "html")) + str(mail["List-Unsubscribe"])
    links = {link for link in LINK.findall(said) if link.startswith(fund.url)}
    kinds = ("/updates/", "/unsubscribe/", "/preferences/")
    assert all(any(kind in link for link in links) for kind in kinds), links
    assert {link: Visitor(fund.url).get(link).status for link in links} == dict.fromkeys(links, 200)


def next_update(alice: Visitor, title: str) -> None:
    draft = alice.submit("/desk/campaigns/1/updates/new", en_title=title, en_body="And more.", audience="public")
    assert alice.submit(f"{draft.url}/publish").url.endswith("/desk/updates")


def choose(page: Page, fund: FundProcess) -> None:
    """The page where one chooses, from the mail: news comes again, in English."""
    open_mail(page, mail_to(fund, FELIX, TITLE))
    page.get_by_role("link", name="Choisir ce qui arrive").click()
    box = page.locator("[name=wanted][value='1:updates']")
    expect(box).not_to_be_checked()
    tab_to(page, "[name=wanted][value='1:updates']")
    page.keyboard.press("Space")
    tab_to(page, "[name=locale]:checked")
    page.keyboard.press("ArrowUp")
    tab_to(page, "main form.long button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Enregistré.")
    expect(box).to_be_checked()
    expect(page.locator("[name=locale][value=en]")).to_be_checked()
    assert faults(page) == []


def stop_everything(page: Page) -> None:
    page.get_by_role("button", name="Tout arrêter").press("Enter")
    expect(page.locator("main")).to_contain_text("Aucune nouvelle")
    assert faults(page) == []


def come_back(page: Page) -> None:
    page.get_by_role("button", name="Les envoyer de nouveau").press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("[name=wanted][value='1:updates']")).to_be_checked()


def test_an_update_reaches_a_mailbox_whose_owner_leaves_and_comes_back(
    page: Page, browser: Browser, demo_site: FundProcess, tmp_path: Path
) -> None:
    fund, alice = demo_site, Visitor(demo_site.url)
    context = browser.new_context()
    reader = context.new_page()
    follow(reader, fund)
    write(page, fund, picture(tmp_path))
    assert "delivered" in words_of(mail_to(fund, ALICE, "Test:"))
    assert reached(fund, TITLE) == {ALICE: 1}
    publish(page)
    has_reached(fund, TITLE, EVERYBODY + Counter({ALICE: 1}))
    see_mailing(page, fund)
    read(reader, fund)

    first = mail_to(fund, FELIX, TITLE)
    scan(fund, first)
    alice.submit("/login", to="/login", email=ALICE, password=PASSWORD)
    next_update(alice, "After the scanner")
    has_reached(fund, "After the scanner", EVERYBODY)

    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert one_click(str(first["List-Unsubscribe"]).strip("<>")) == 200
    next_update(alice, "After the click")
    has_reached(fund, "After the click", Counter(MEMBERS))

    choose(reader, fund)
    next_update(alice, "After the choice")
    has_reached(fund, "After the choice", EVERYBODY)
    assert "Read it on the site" in words_of(mail_to(fund, FELIX, "After the choice"))

    stop_everything(reader)
    next_update(alice, "After the end")
    has_reached(fund, "After the end", Counter(MEMBERS))
    come_back(reader)
    next_update(alice, "After the return")
    has_reached(fund, "After the return", EVERYBODY)

    assert reached(fund, "After the click") == reached(fund, "After the end") == MEMBERS
    assert context.cookies() == [], "whoever only reads mail needs no cookie"
    context.close()
