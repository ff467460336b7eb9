"""The last touches to the HTML of a mail, so that every mail program shows all of it."""

import re
from functools import cache

import css_inline
from markupsafe import Markup

from fund.kit.markdown import render_markdown
from fund.mail.long_words import break_long_words

_CODE = re.compile(r"<pre><code>(.*?)</code></pre>", re.DOTALL)
_IMPLIED = re.compile(r"</?(?:body|tbody)>")
"""Tags that HTML lets one leave out; Outlook for macOS does not take `<body>`."""
_SPACES = re.compile(r"(?m)^ | (?= )")


def lay_out(html: str) -> str:
    """The rules of style on each element, none in the head; long words breakable."""
    head, end, body = html.partition("</head>")
    return _IMPLIED.sub("", _inliner().inline(head + end + break_long_words(body)))


def markdown_for_mail(source: str) -> Markup:
    """As on the page, but code wraps without `white-space`, which Outlook for Windows does not know."""
    html = _CODE.sub(lambda found: f'<p class="code">{_code(found[1])}</p>', render_markdown(source))
    return Markup(html)  # noqa: S704  sanitised in render_markdown


def _code(text: str) -> str:
    return _SPACES.sub("\xa0", text.rstrip("\n").expandtabs(4)).replace("\n", "<br>")


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=False, load_remote_stylesheets=False)
