"""Mails in a browser as wide as a small telephone, in light and in dark."""

import pytest
from playwright.sync_api import Page

from fund.mail.long_words import fill_html
from fund.mail.render_message import render_message
from tests.fund.mail.letters import KINDS, SENDER, letter
from tests.journeys.axe import TOO_WIDE

LONG = "https://fund.carrefour.example/invite/" + "WyJmIiwxLDFd.c2lnbmF0dXJl-" * 6
COPIED = """() => {
    getSelection().selectAllChildren(document.querySelector(".address"));
    return getSelection().toString();
}"""
INK = "getComputedStyle(document.querySelector('h1')).color"


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size({"width": 320, "height": 640})
    return page


def test_no_mail_scrolls_sideways(phone: Page) -> None:
    """In French, whose words are longer."""
    wide = []
    for message, variant in KINDS:
        phone.set_content(letter(message, variant, "fr").html)
        if phone.evaluate(TOO_WIDE) > 0:
            wide.append(f"{message} {variant}")
    assert wide == []


def test_a_long_address_breaks_on_the_screen_and_is_copied_whole(phone: Page) -> None:
    values = {"consent_text": "Yes.", "days": 30}
    mail = render_message("imported_invitation", locale="en", sender=SENDER, values=values)
    phone.set_content(fill_html(mail.html, {"invite_url": LONG}))
    assert phone.evaluate(TOO_WIDE) <= 0
    assert phone.evaluate(COPIED).strip() == LONG


def test_text_has_the_colour_of_the_readers_screen(phone: Page) -> None:
    inks = set()
    for scheme in ("light", "dark"):
        phone.emulate_media(color_scheme=scheme)
        phone.set_content(letter("update", "usual", "en").html)
        inks.add(phone.evaluate(INK))
    assert inks == {"rgb(0, 0, 0)", "rgb(255, 255, 255)"}
