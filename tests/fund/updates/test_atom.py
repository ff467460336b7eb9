from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from fund.kit.markdown import render_markdown
from fund.updates.atom import Enclosure, Feed, FeedEntry, render_feed

ATOM = "{http://www.w3.org/2005/Atom}"
MAY = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
JUNE = datetime(2026, 6, 3, 9, 30, 15, tzinfo=UTC)


def entry(number: int, published: datetime, *, title: str = "Refused", html: str | None = "<p>x</p>") -> FeedEntry:
    return FeedEntry(
        url=f"https://fund.example/c/four-labels/updates/{number}",
        title=title,
        published=published,
        locale="en",
        html=html,
        source="Four labels",
    )


def feed(*entries: FeedEntry) -> ET.Element:
    raw = render_feed(
        Feed(
            url="https://fund.example/c/four-labels/updates.atom",
            page_url="https://fund.example/c/four-labels/updates",
            title="Updates: Four labels & one site",
            author="Le Carrefour",
            locale="en",
            since=MAY,
            entries=entries,
        )
    )
    assert raw.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return ET.fromstring(raw)  # noqa: S314  our own output


def test_a_feed_has_all_that_rfc_4287_demands() -> None:
    root = feed(entry(2, JUNE), entry(1, MAY))
    assert root.tag == f"{ATOM}feed"
    for node in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            found = node.findall(f"{ATOM}{name}")
            assert len(found) == 1, name
            assert found[0].text
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Le Carrefour"
    assert root.findtext(f"{ATOM}updated") == "2026-06-03T09:30:15Z"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {
        "self": "https://fund.example/c/four-labels/updates.atom",
        "alternate": "https://fund.example/c/four-labels/updates",
    }
    ids = [node.findtext(f"{ATOM}id") for node in root.findall(f"{ATOM}entry")]
    assert len(set(ids)) == 2


def test_a_members_only_update_is_a_title_and_a_link() -> None:
    (node,) = feed(entry(1, MAY, html=None)).findall(f"{ATOM}entry")
    assert node.findtext(f"{ATOM}title") == "Refused"
    link = node.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "https://fund.example/c/four-labels/updates/1"
    assert node.find(f"{ATOM}content") is None
    assert node.find(f"{ATOM}summary") is None


def test_text_is_html_inside_xml() -> None:
    html = render_markdown("A *word* & <script>alert(1)</script>")
    (content,) = feed(entry(1, MAY, html=html)).iter(f"{ATOM}content")
    assert content.get("type") == "html"
    assert content.text == html
    assert "<script" not in html


def test_what_xml_cannot_hold_does_not_break_the_feed() -> None:
    (node,) = feed(entry(1, MAY, title="a\x00b\x0bc\ufffe</title>é\U0001f600")).findall(f"{ATOM}entry")
    assert node.findtext(f"{ATOM}title") == "abc</title>é\U0001f600"


def test_files_stand_beside_their_entry() -> None:
    letter = Enclosure("https://fund.example/files/1/letter.pdf", "application/pdf", 1234, "The letter & its “list”")
    (node,) = feed(replace(entry(1, MAY), files=[letter])).findall(f"{ATOM}entry")
    assert node.findall(f"{ATOM}link")[1].attrib == {
        "rel": "enclosure",
        "href": "https://fund.example/files/1/letter.pdf",
        "type": "application/pdf",
        "length": "1234",
        "title": "The letter & its “list”",
    }


def test_a_feed_without_entries_is_a_feed() -> None:
    assert feed().findtext(f"{ATOM}updated") == "2026-05-02T08:00:00Z"
