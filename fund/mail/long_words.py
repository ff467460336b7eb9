"""Long words in the HTML of a mail, such as addresses, so that a narrow screen can break them. Pure.

No property that breaks words is understood by every mail program, and a hidden character would be copied along with the
address. Small boxes in a row are: a line may end between any two, and what is copied has nothing in between.
"""

import re
from collections.abc import Callable, Mapping
from html import escape, unescape

from fund.mail.rules import PLACE

_LONGISH = re.compile(r"\S{17,}")
_LONG = 25
"""Addresses break where their parts end, other words only when they are longer than any of a language."""
_PIECE = re.compile(r"[^/?&=.:@_-]{1,11}[/?&=.:@_-]{0,3}|[/?&=.:@_-]{1,3}")
_WEB = re.compile(r"https?://\S*[^\s.,;:!?)\]»”’]")
_TAG = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')
_SHOWN, _LINKED = "shown_", "linked_"
"""Begin the names of places that stand in the text, where a long value is broken; the second in that of a link."""


def break_long_words(html: str) -> str:
    """The HTML of a body, long words of its text in pieces, and its `%%places%%` marked so that theirs will be.

    A long address of a page is made a link: mail programs make links of their own, and would see each piece alone.
    """
    parts = _TAG.split(html)
    in_link = False
    for at, part in enumerate(parts):
        if at % 2:
            in_link = part.startswith("<a ") or (in_link and part != "</a>")
        else:
            parts[at] = _in_text(part, in_link=in_link)
    return "".join(parts)


def value_in_html(place: str, personal: Mapping[str, str]) -> str:
    """One recipient's own value as it stands in the HTML at `%%place%%`; the place itself where there is none."""
    name = place.removeprefix(_SHOWN).removeprefix(_LINKED)
    if name not in personal:
        return f"%%{name}%%"
    if name == place:
        return escape(personal[name])
    return _in_pieces(personal[name], _underlined if place.startswith(_LINKED) else _boxes)


def fill_html(html: str, personal: Mapping[str, str]) -> str:
    """The whole HTML as one recipient has it."""
    return PLACE.sub(lambda place: value_in_html(place[1], personal), html)


def _in_text(text: str, *, in_link: bool) -> str:
    if _LONGISH.search(text):
        text = _in_pieces(unescape(text), _underlined if in_link else _with_link)
    return PLACE.sub(rf"%%{_LINKED if in_link else _SHOWN}\1%%", text)


def _in_pieces(text: str, lay_out: Callable[[str], str]) -> str:
    """Escaped, each long word laid out."""
    pieces, done = [], 0
    for word in _LONGISH.finditer(text):
        if len(word[0]) < _LONG and "/" not in word[0] and "@" not in word[0]:
            continue
        pieces += [escape(text[done : word.start()]), lay_out(word[0])]
        done = word.end()
    return "".join(pieces) + escape(text[done:])


def _with_link(word: str) -> str:
    address = _WEB.search(word)
    if address is None:
        return _boxes(word)
    before, after = word[: address.start()], word[address.end() :]
    return f'{_boxes(before)}<a href="{escape(address[0])}">{_underlined(address[0])}</a>{_boxes(after)}'


def _underlined(word: str) -> str:
    """In a link, whose line does not reach into the boxes."""
    return _boxes(word, "; text-decoration: underline")


def _boxes(word: str, more: str = "") -> str:
    boxes = (f'<span style="display: inline-block{more}">{escape(piece)}</span>' for piece in _PIECE.findall(word))
    return "".join(boxes)
