"""Every kind of mail, in both languages, with the made-up values that the desk shows."""

import re
from collections import Counter
from html import unescape

import pytest

from fund.kit.i18n import LOCALES
from fund.mail.sample_variants import VARIANTS
from fund.mail.samples import LEAVABLE, sample_messages
from tests.fixtures.whole_run import ROOT
from tests.fund.mail.letters import KINDS, both, letter

FOLDERS = {path.name for path in (ROOT / "templates/mail").iterdir() if path.is_dir()} - {"shared"}
LINK = re.compile(r"https://\S+")
every_letter = pytest.mark.parametrize(("message", "variant"), KINDS)


def words_of_html(html: str) -> list[str]:
    """What a reader sees, in order, without addresses and punctuation."""
    return words(shown(html))


def shown(html: str) -> str:
    boxed = re.sub(r"</?span[^>]*>", "", html.partition("</head>")[2])
    return unescape(re.sub(r"<[^>]+>", " ", boxed))


def words(text: str) -> list[str]:
    """Without the numbers that Markdown's lists have in the text, and the program puts before the lines of the HTML."""
    return re.findall(r"\w+", re.sub(r"(?m)^\d+\. ", "", LINK.sub(" ", text)))


def test_there_is_a_sample_of_every_mail_and_of_nothing_else() -> None:
    assert set(sample_messages()) == FOLDERS
    assert LEAVABLE <= FOLDERS
    assert VARIANTS.keys() <= FOLDERS


def test_no_two_variants_read_the_same() -> None:
    texts = Counter(letter(message, variant, "en").text for message, variant in KINDS)
    assert [text for text, times in texts.items() if times > 1] == []


@every_letter
def test_text_and_html_say_the_same_words_in_the_same_order(message: str, variant: str) -> None:
    for mail in both(message, variant):
        assert words(mail.text) == words_of_html(mail.html)


@every_letter
def test_every_link_stands_in_both_parts_and_can_be_read(message: str, variant: str) -> None:
    for mail in both(message, variant):
        linked = {unescape(url) for url in re.findall(r'href="([^"]+)"', mail.html)}
        assert {url.rstrip(".") for url in LINK.findall(mail.text)} == linked | {
            url.rstrip(".") for url in LINK.findall(shown(mail.html))
        }
        for url in re.findall(r'<td class="accent"[^>]*><a href="([^"]+)"', mail.html):
            assert f" {url} " in shown(mail.html)


@every_letter
def test_what_lists_show_beside_the_subject_is_the_matter_itself(message: str, variant: str) -> None:
    for mail in both(message, variant):
        first = re.search(r"<h1[^>]*>(.*?)</h1>", mail.html)
        assert first is not None
        assert shown(mail.html).split()[0] == unescape(first[1]).split()[0]


@every_letter
def test_nothing_is_left_to_be_filled_in(message: str, variant: str) -> None:
    for mail in both(message, variant):
        assert "%%" not in mail.subject + mail.text + mail.html
        assert "None" not in mail.text


@every_letter
def test_the_footer_says_who_writes_why_and_how_to_leave(message: str, variant: str) -> None:
    reasons = {"en": ("You get this because", "Why you get this"), "fr": ("Vous recevez", "Pourquoi")}
    for locale in LOCALES:
        foot = letter(message, variant, locale).text.rpartition("\n--\n")[2]
        assert foot.lstrip().startswith(reasons[locale])
        assert "Le Carrefour" in foot
        assert "1200, rue Sainte-Élisabeth" in foot
        can_leave = message in LEAVABLE and variant != "donor"
        assert ("/unsubscribe/" in foot) == ("/preferences/" in foot) == can_leave
