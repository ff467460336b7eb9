"""Markdown to safe HTML: raw HTML is never passed on, and what comes out is cleaned once more."""

from functools import cache, lru_cache

import nh3
from markdown_it import MarkdownIt

_TAGS = frozenset({
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "a", "s",
    "table", "thead", "tbody", "tr", "th", "td",
})  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


@lru_cache(maxsize=256)
def render_markdown(text: str) -> str:
    """HTML without images, scripts, styles or raw HTML; headings start at level 2, links are nofollow."""
    html = _parser().render(text)
    html = html.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )


def plain_markdown(text: str) -> str:
    """The source as the text part of a mail: Markdown is readable as it stands; line ends made uniform."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"
