"""Every kind of mail, in both languages, with the made-up values that the desk shows."""

import re
from html import unescape

import pytest

from fund.mail.long_words import fill_html
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
    return Rendered(found.subject, fill_places(found.text, personal), fill_html(found.html, personal))


def words_of_html(html: str) -> list[str]:
    """What a reader sees, in order, without addresses and punctuation."""
    return words(shown(html))


def shown(html: str) -> str:
    boxed = re.sub(r"</?span[^>]*>", "", html.partition("</head>")[2])
    return unescape(re.sub(r"<[^>]+>", " ", boxed))


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
    linked = {unescape(url) for url in re.findall(r'href="([^"]+)"', mail.html)}
    assert {url.rstrip(".") for url in LINK.findall(mail.text)} == linked | {
        url.rstrip(".") for url in LINK.findall(shown(mail.html))
    }
    for url in re.findall(r'<td class="accent"[^>]*><a href="([^"]+)"', mail.html):
        assert f" {url} " in shown(mail.html)


@every_letter
def test_what_lists_show_beside_the_subject_is_the_matter_itself(sender: Sender, message: str, locale: str) -> None:
    mail = letter(message, locale, sender)
    first = re.search(r"<h1[^>]*>(.*?)</h1>", mail.html)
    assert first is not None
    assert shown(mail.html).split()[0] == unescape(first[1]).split()[0]


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
