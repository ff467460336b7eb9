import re
from html import unescape

import pytest

from fund.mail.long_words import break_long_words, fill_html

TOKEN = "https://fund.example/preferences/WyJmIiwxLDFd.c2lnbmF0dXJlLW9mLXRoYXQ?x=1&y=2"


def seen(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def longest_piece(html: str) -> int:
    """Of what stands between two places where a line may end."""
    return max(len(word) for text in re.split(r"<[^>]+>", html) for word in unescape(text).split() or [""])


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"Look here: {TOKEN}.",
        f"“{TOKEN}”, and then",
        "ondine.de-la-riviere@members.example",
        "x" * 10_000,
        "&<>" * 20,
        "Rechtsanwaltsversorgungswerke",
        "a/" * 40,
    ],
)
def test_a_long_word_can_be_broken_and_reads_the_same(text: str) -> None:
    html = break_long_words(f"<p>{text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</p>")
    assert seen(html) == text
    assert longest_piece(html) <= 14


@pytest.mark.parametrize("text", ["dommages-intérêts", "A sentence, of plain words.", "fund@a.example", "1/2 &amp; 3"])
def test_words_that_any_language_has_stay_whole(text: str) -> None:
    assert break_long_words(f"<p>{text}</p>") == f"<p>{text}</p>"


def test_what_stands_in_a_tag_is_left_alone() -> None:
    html = f'<a href="{TOKEN}" title="1 > 2 {"y" * 30}">here</a>'
    assert break_long_words(html) == html


def test_an_address_in_a_sentence_becomes_one_link_without_the_full_stop() -> None:
    html = break_long_words(f"<p>Choose one: {TOKEN.replace('&', '&amp;')}.</p>")
    assert [unescape(url) for url in re.findall(r'href="([^"]*)"', html)] == [TOKEN]
    assert seen(html.partition("</a>")[0]) == f"Choose one: {TOKEN}"


def test_an_address_that_is_a_link_already_stays_one() -> None:
    html = break_long_words(f'<a href="{TOKEN}"><b>{TOKEN}</b></a> <i>{TOKEN}</i>')
    assert html.count("<a ") == 2


def test_each_recipients_own_address_is_broken_where_it_is_read_and_whole_where_it_leads() -> None:
    html = fill_html(break_long_words('<a href="%%invite_url%%">%%invite_url%%</a>'), {"invite_url": TOKEN})
    assert [unescape(url) for url in re.findall(r'href="([^"]*)"', html)] == [TOKEN]
    assert seen(html) == TOKEN
    assert longest_piece(html) <= 14


def test_a_value_is_escaped_and_a_place_without_one_stays() -> None:
    html = break_long_words('<p title="%%name%%">%%name%%, %%unknown%%</p>')
    assert fill_html(html, {"name": '<b>"A"'}) == (
        '<p title="&lt;b&gt;&quot;A&quot;">&lt;b&gt;&quot;A&quot;, %%unknown%%</p>'
    )


def test_a_link_is_underlined_and_a_recipients_words_make_none() -> None:
    html = fill_html(break_long_words('<a href="%%invite_url%%">%%invite_url%%</a> %%consent%%'), {
        "invite_url": TOKEN, "consent": f"from {TOKEN}",
    })  # fmt: skip
    linked, _, plain = html.partition("</a>")
    assert linked.count("text-decoration: underline") == linked.count("<span")
    assert "<span" in plain
    assert "<a" not in plain
    assert "underline" not in plain
