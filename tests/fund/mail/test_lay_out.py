"""What the HTML of every mail is made of: nothing but what Gmail, Outlook and Apple Mail all understand."""

import re
from html.parser import HTMLParser

import pytest

from fund.mail.lay_out import lay_out, markdown_for_mail
from fund.mail.render_message import render_message
from fund.mail.samples import sample_values
from tests.fund.mail.letters import SENDER, SITE, every_html

ELEMENTS = {
    "html", "head", "meta", "title", "table", "thead", "tr", "th", "td", "h1", "h2", "h3", "h4", "p", "div", "span",
    "br", "hr", "ul", "ol", "li", "blockquote", "a", "b", "strong", "em", "s", "code",
}  # fmt: skip
ATTRIBUTES = {
    "class", "style", "lang", "href", "rel", "title", "start", "align", "valign", "scope", "border", "cellpadding",
    "cellspacing", "charset", "name", "content",
}  # fmt: skip
PROPERTIES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-left", "border-top", "color", "display",
    "font", "font-family", "font-size", "font-weight", "margin", "max-width", "mso-padding-alt", "padding",
    "text-align", "text-decoration", "vertical-align", "width",
}  # fmt: skip
COLOURS = {"#2b7a63", "#ffffff", "#9c9485", "#b07d24", "inherit"}
EVERYTHING = """
# One
## Two
### Three
Words with **weight**, *stress*, ~~a mistake~~, `code` and [a link](https://court.example/rolls/2026/quebec/12345).

1. first
2. second

- a
- b

> quoted

---

| Day | What |
| --- | --- |
| Monday | https://court.example/rolls/2026/quebec/district-of-montreal/12345-67890 |

    first line of code that is long enough to need more than the width of a telephone
        second,  with   spaces

"""


class Parts(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.styles: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        for line in (dict(attrs).get("style") or "").split(";"):
            name, colon, value = line.partition(":")
            if colon:
                self.styles.append((name.strip(), value.strip()))


def pages() -> list[str]:
    values = sample_values("update", locale="en", site_url=SITE) | {"body": EVERYTHING}
    return [*every_html(), render_message("update", locale="en", sender=SENDER, values=values).html]


def test_nothing_stands_in_a_mail_that_some_program_drops() -> None:
    for html in pages():
        found = Parts(html)
        assert found.elements - ELEMENTS == set()
        assert found.attributes - ATTRIBUTES == set()
        assert {name for name, _ in found.styles} - PROPERTIES == set()


def test_colours_are_those_that_read_on_light_and_on_dark() -> None:
    """Text has the reader's own colour, but on the button, which brings its ground along."""
    for html in pages():
        styles = Parts(html).styles
        named = {word for _, value in styles for word in re.findall(r"#\w+|rgba?\([^)]*\)", value)}
        assert named - COLOURS == set()
        assert {value for name, value in styles if name == "color"} <= {"inherit", "#ffffff"}
        assert {value for name, value in styles if name == "background-color"} <= {"#2b7a63"}


@pytest.mark.parametrize(("one", "other"), [("#2b7a63", "#ffffff"), ("#ffffff", "#2b7a63")])
def test_the_button_reads(one: str, other: str) -> None:
    assert contrast(one, other) >= 4.5


@pytest.mark.parametrize("line", ["#2b7a63", "#9c9485", "#b07d24"])
def test_lines_are_seen_on_white_and_on_black(line: str) -> None:
    assert min(contrast(line, "#ffffff"), contrast(line, "#121212")) >= 2.9


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_head_keeps_its_title_whole_and_no_rules() -> None:
    html = lay_out(
        f"<!doctype html><html><head><title>{'x' * 40}</title><style>p {{ color: red }}"
        " @media print { p { } }</style></head>"
        "<body><table><tbody><tr><td><p>a</p></td></tr></tbody></table></body></html>"
    )
    assert f"<title>{'x' * 40}</title>" in html
    assert "<style" not in html
    assert '<table><tr><td><p style="color: red;">a</p></td></tr></table>' in html


def test_code_keeps_its_lines_and_its_spaces_and_may_wrap() -> None:
    html = markdown_for_mail("    if so:\n        x =  1 < 2\n")
    assert html.strip() == '<p class="code">if so:<br>\xa0\xa0\xa0 x =\xa0 1 &lt; 2</p>'
