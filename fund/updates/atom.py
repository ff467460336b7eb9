"""A feed as RFC 4287 has it. Pure: the doors fill it in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from fund.kit.clock import rfc3339

_ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ET.register_namespace("", _ATOM)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file beside an entry, for whoever may read its text. `title` says what it shows."""

    url: str
    media_type: str
    size: int
    title: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One update. `url` is its page and, since that never changes, its id."""

    url: str
    title: str
    published: datetime
    locale: str
    """The language of title and text."""
    html: str | None
    """Sanitised. None for members-only: title and link are public, the text is not."""
    source: str = ""
    """The campaign's title, in a feed over several."""
    updated: datetime | None = None
    """When it last changed; None for what never does."""
    files: Sequence[Enclosure] = ()
    """In the order of the page. None of news that this feed may not show."""


@dataclass(frozen=True, slots=True)
class Feed:
    """`url` is the feed's own address, `page_url` the page that it goes with."""

    url: str
    page_url: str
    title: str
    author: str
    locale: str
    since: datetime
    """Stands as the time of change while there are no entries: when the campaign was opened."""
    entries: Sequence[FeedEntry]
    """Newest first."""


def render_feed(feed: Feed) -> bytes:
    """UTF-8, with the XML declaration; served as `application/atom+xml`."""
    root = ET.Element(f"{{{_ATOM}}}feed", {_XML_LANG: feed.locale})
    _add(root, "id", feed.url)
    _add(root, "title", feed.title)
    changes = (entry.updated or entry.published for entry in feed.entries)
    _add(root, "updated", rfc3339(max(changes, default=feed.since)))
    _add(_add(root, "author"), "name", feed.author)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.url)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page_url)
    for entry in feed.entries:
        _add_entry(root, entry)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_entry(root: ET.Element, entry: FeedEntry) -> None:
    node = _add(root, "entry")
    node.set(_XML_LANG, entry.locale)
    _add(node, "id", entry.url)
    _add(node, "title", entry.title)
    _add(node, "published", rfc3339(entry.published))
    _add(node, "updated", rfc3339(entry.updated or entry.published))
    _add(node, "link", rel="alternate", type="text/html", href=entry.url)
    for file in entry.files:
        described = {"type": file.media_type, "length": str(file.size), "title": file.title}
        _add(node, "link", rel="enclosure", href=file.url, **described)
    if entry.source:
        _add(node, "category", term=entry.source)
    if entry.html is not None:
        _add(node, "content", entry.html, type="html")


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    """What XML cannot hold is left out rather than making the whole feed unreadable."""
    clean = {key: _NOT_XML.sub("", value) for key, value in attributes.items()}
    node = ET.SubElement(parent, f"{{{_ATOM}}}{name}", clean)
    if text is not None:
        node.text = _NOT_XML.sub("", text)
    return node
