# ruff: noqa: INP001  a script, no part of a package
"""Pictures of the desk, and of what its mails lead to: `python docs/screenshots/take_desk.py SITE SANDBOX PASSWORD`.

From a running demo with its gifts. One of them is disputed on the way, through the sandbox's controls; a list of
invented members is taken in and invited, so many a day; and a mail is sent as a test, whose link leads to the
preferences.
"""

import json
import re
import shutil
import sys
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
OWNER = "alice@example.org"
CAMPAIGN = "/desk/campaigns/1"
LOOKS = ((1280, 960, "light"), (320, 1100, "dark"))


def sign_in(page: Page, site: str, password: str) -> None:
    page.goto(f"{site}/login")
    page.locator("[name=email]").fill(OWNER)
    page.locator("[name=password]").fill(password)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"{site}/**")


def gift_in(page: Page, site: str) -> str:
    """The address of a paid gift in CAD."""
    page.goto(f"{site}/desk/gifts?state=paid")
    return site + str(page.locator("tr", has_text="62.50").first.locator("a").get_attribute("href"))


def dispute(page: Page, site: str, sandbox: str) -> str:
    """The address of a new dispute about a gift of 125.00."""
    page.goto(f"{site}/desk/gifts?state=paid")
    page.locator("tr", has_text="125.00").first.locator("a").click()
    payment = re.search(r"pi_\w+", page.content())
    assert payment is not None  # noqa: S101  every gift of the demo was paid at the sandbox
    charge = json.load(_ask(f"{sandbox}/v1/payment_intents/{payment[0]}", None))["latest_charge"]
    made = json.load(_ask(f"{sandbox}/_sandbox/dispute", {"charge": charge, "outcome": "open"}))
    address = f"{site}/desk/disputes/{made['dispute']}"
    while page.goto(address).status == 404:  # type: ignore[union-attr]  # noqa: PLR2004
        page.wait_for_timeout(200)
    return address


def mailing(page: Page, site: str) -> str:
    """The address of a mailing that is under way, to the members of a list."""
    rows = "\n".join(f"member{number}@forum.example,Member {number}" for number in range(1, 1201))
    page.goto(f"{site}/desk/members/import")
    listed = {"name": "forum.csv", "mimeType": "text/csv", "buffer": f"e-mail,name\n{rows}\n".encode()}
    page.locator("[name=file]").set_input_files(listed)  # type: ignore[arg-type]
    page.get_by_role("button", name="Look at it").click()
    page.locator("[name=consent]").fill("Write to me when the forum is in court.")
    page.locator("[name=source]").fill("your account on the forum")
    page.get_by_role("button", name="Add 1,200 people").click()
    while not page.locator("[name=a_day]").count():
        page.wait_for_timeout(300)
        page.reload()
    page.locator("[name=a_day]").fill("400")
    page.get_by_role("button", name="Invite 1,200 people").click()
    page.get_by_text("The invitations have begun.").wait_for()
    page.goto(f"{site}/desk/mail")
    return site + str(page.locator("[aria-labelledby=running] a").first.get_attribute("href"))


def preferences(page: Page, site: str, sandbox: str) -> str:
    """Where the newest mail to the owner leads whoever wants to choose what comes."""
    page.goto(f"{site}/desk/updates/1/preview")
    page.locator("form[action$='/test'] button").first.click()
    page.get_by_text("A test is on its way").wait_for()
    link = re.compile(rf"{site}/preferences/[\w.=-]+")
    while not (found := link.findall(str(json.load(_ask(f"{sandbox}/_sandbox/mail", None))))):
        page.wait_for_timeout(300)
    return str(found[-1])


def _ask(url: str, body: dict[str, str] | None) -> "urllib.request._UrlopenRet":
    data = json.dumps(body).encode() if body else None
    headers = {"Authorization": "Bearer sk_test_pictures", "Content-Type": "application/json"}
    return urllib.request.urlopen(urllib.request.Request(url, data, headers))  # noqa: S310  loopback


def main(site: str, sandbox: str, password: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context()
        page = context.new_page()
        sign_in(page, site, password)
        pages = {
            "refund": f"{gift_in(page, site)}/refund?amount=20",
            "dispute": dispute(page, site, sandbox),
            "reconciliation": f"{site}/desk/reconciliation",
            "bills": f"{site}{CAMPAIGN}/bills",
            "counsel": f"{site}{CAMPAIGN}/counsel",
            "events": f"{site}{CAMPAIGN}/timeline",
            "revise": f"{site}{CAMPAIGN}/revise/schedule",
            "reports": f"{site}{CAMPAIGN}/reports",
            "surplus": f"{site}{CAMPAIGN}/surplus",
            "mail": f"{site}/desk/mail/messages/update?part=html",
            "preferences": preferences(page, site, sandbox),
            "mailing": mailing(page, site),
        }
        page.goto(pages["reconciliation"])
        page.get_by_role("button", name="Book what is missing").click()
        while "0 differences" not in page.content():
            page.wait_for_timeout(500)
            page.goto(pages["reconciliation"])
        for width, height, scheme in LOOKS:
            seen = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                storage_state=context.storage_state(),
            ).new_page()
            for name, address in pages.items():
                seen.goto(address)
                seen.screenshot(path=FOLDER / f"{name}-{width}-{scheme}-en.png")
        browser.close()


if __name__ == "__main__":
    main(*(given.rstrip("/") for given in sys.argv[1:]))
