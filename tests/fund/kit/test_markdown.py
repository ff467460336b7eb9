import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.kit.markdown import plain_markdown, render_markdown

ALLOWED = {
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "a", "s",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<style>body{display:none}</style>",
    "<iframe src='https://example.org'></iframe>",
    "<a href='https://example.org' onclick='alert(1)'>x</a>",
    "![pixel](https://example.org/pixel.png)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "<javascript:alert(1)>",
    '[x](https://example.org "a\\" onmouseover=alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "`<script>`",
    "<!-- --><script>alert(1)</script>",
    "```html\n<script>alert(1)</script>\n```",
]


def tags(html: str) -> set[str]:
    return {name.lower() for name in re.findall(r"<\s*/?\s*([a-zA-Z][a-zA-Z0-9-]*)", html)}


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', html)


def attributes(html: str) -> set[str]:
    inside = " ".join(re.findall(r"<[a-zA-Z][^>]*>", html))
    return {name.lower() for name in re.findall(r'([a-zA-Z-]+)="[^"]*"', inside)}


def is_harmless(html: str) -> bool:
    return (
        tags(html) <= ALLOWED
        and attributes(html) <= {"href", "title", "start", "rel"}
        and all(
            link.startswith(("http://", "https://", "mailto:", "/", "#")) or ":" not in link for link in links(html)
        )
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_and_nothing_is_fetched(attack: str) -> None:
    assert is_harmless(render_markdown(attack))


@given(st.lists(st.sampled_from([*ATTACKS, "**", "_", "[", "](", ")", "<", ">", "`", "\n", "a", "&lt;"]), max_size=8))
def test_not_in_any_mixture_either(parts: list[str]) -> None:
    assert is_harmless(render_markdown("".join(parts)))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Title", "<h2>Title</h2>"),
        (
            "It is **bold** and _leaning_ and ~~gone~~",
            "<p>It is <strong>bold</strong> and <em>leaning</em> and <s>gone</s></p>",
        ),
        ("1 < 2 & <b>", "<p>1 &lt; 2 &amp; &lt;b&gt;</p>"),
        ("3. third", '<ol start="3">\n<li>third</li>\n</ol>'),
        (
            "[law](https://example.org/a?b=1&c=2)",
            '<p><a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener">law</a></p>',
        ),
        ("[us](mailto:us@example.org)", '<p><a href="mailto:us@example.org" rel="nofollow noopener">us</a></p>'),
    ],
)
def test_what_a_writer_means_is_kept(text: str, html: str) -> None:
    assert render_markdown(text).strip() == html


def test_a_table_is_a_table() -> None:
    assert tags(render_markdown("|a|b|\n|-|-|\n|1|2|")) >= {"table", "thead", "tbody", "tr", "th", "td"}


def test_the_text_part_of_a_mail_has_uniform_line_ends() -> None:
    assert plain_markdown("\r\none\r\ntwo\rthree\n\n") == "one\ntwo\nthree\n"
