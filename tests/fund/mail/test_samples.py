"""Every kind of mail, in both languages, with the made-up values that the desk shows."""

import re
from html import unescape

import pytest

from fund.mail.render_message import Rendered, render_message
from fund.mail.rules import fill_places
from fund.mail.samples import LEAVABLE, sample_messages, sample_personal, sample_values
from fund.mail.sender import Sender
from tests.fixtures.whole_run import ROOT

FOLDERS = {path.name for path in (ROOT / "templates/mail").iterdir() if path.is_dir()} - {"shared"}
LINK = re.compile(r"https://\S+")
every_letter = pytest.mark.parametrize(
    ("message", "locale"), [(message, locale) for message in sorted(FOLDERS) for locale in ("en", "fr")]
)


def letter(message: str, locale: str, sender: Sender) -> Rendered:
    values = sample_values(message, locale=locale, site_url=sender.site_url)
    found = render_message(message, locale=locale, sender=sender, values=values, can_leave=message in LEAVABLE)
    personal = dict(sample_personal(message, locale=locale, site_url=sender.site_url))
    return Rendered(found.subject, fill_places(found.text, personal), fill_places(found.html, personal))


def words_of_html(html: str) -> list[str]:
    """What a reader sees below the name of the site, in order, without addresses and punctuation."""
    seen = re.sub(r'<div class="preheader".*?</div>', " ", html.partition("<body")[2], flags=re.DOTALL)
    seen = seen.partition("</tr>")[2]
    return words(unescape(re.sub(r"<[^>]+>", " ", "<x" + seen)))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", LINK.sub(" ", text))


def test_there_is_a_sample_of_every_mail_and_of_nothing_else() -> None:
    assert set(sample_messages()) == FOLDERS
    assert LEAVABLE <= FOLDERS


@every_letter
def test_text_and_html_say_the_same_words_in_the_same_order(sender: Sender, message: str, locale: str) -> None:
    mail = letter(message, locale, sender)
    assert words(mail.text) == words_of_html(mail.html)


@every_letter
def test_every_link_stands_in_both_parts_and_can_be_read(sender: Sender, message: str, locale: str) -> None:
    mail = letter(message, locale, sender)
    shown = unescape(re.sub(r"<[^>]+>", " ", mail.html.partition("<body")[2]))
    linked = {unescape(url) for url in re.findall(r'href="([^"]+)"', mail.html)}
    assert {url.rstrip(".") for url in LINK.findall(mail.text)} == linked | {
        url.rstrip(".") for url in LINK.findall(shown)
    }
    for url in re.findall(r'<td class="accent"[^>]*><a class="accent" href="([^"]+)"', mail.html):
        assert f">{url}</a>" in mail.html


@every_letter
def test_the_line_that_lists_show_beside_the_subject_says_what_the_text_says(
    sender: Sender, message: str, locale: str
) -> None:
    mail = letter(message, locale, sender)
    found = re.search(r'<div class="preheader"([^>]*)>(.*?)</div>', mail.html, re.DOTALL)
    assert found is not None
    assert "display: none" in found[1]
    before = " ".join(words(unescape(found[2])))
    assert before
    assert before in " ".join(words(mail.text))


@every_letter
def test_nothing_is_left_to_be_filled_in(sender: Sender, message: str, locale: str) -> None:
    mail = letter(message, locale, sender)
    assert "%%" not in mail.subject + mail.text + mail.html
    assert "None" not in mail.text


@every_letter
def test_the_footer_says_who_writes_why_and_how_to_leave(sender: Sender, message: str, locale: str) -> None:
    mail = letter(message, locale, sender)
    foot = mail.text.rpartition("\n--\n")[2]
    reason = ("You get this because", "Why you get this") if locale == "en" else ("Vous recevez", "Pourquoi")
    assert foot.lstrip().startswith(reason)
    assert "Le Carrefour" in foot
    assert "1200, rue Sainte-Élisabeth" in foot
    assert ("/unsubscribe/" in foot) == ("/preferences/" in foot) == (message in LEAVABLE)


@every_letter
def test_a_dark_reader_has_its_own_colours_and_nothing_is_drawn_behind_text(
    sender: Sender, message: str, locale: str
) -> None:
    html = letter(message, locale, sender).html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert '<meta name="supported-color-schemes" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert not re.search(r"background-image|background=|url\(|<!--\[if|<img", html)
