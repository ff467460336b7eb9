"""A walk over every link of the demo's site, as a stranger and as the owner, in both languages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from babel.support import NullTranslations
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.db.session import Database
from fund.kit import i18n
from fund.members.models import Member
from tests.fixtures.databases import sqlite_only
from tests.people import sign_in

pytestmark = sqlite_only

MOST_PAGES = 600
SAMPLES = ("part=", "variant=")
"""Mails with made-up values, whose links lead to what does not exist; they have tests of their own."""
ACTIONS = ("/logout",)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.lang = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.lang = values.get("lang") or ""
        if values.get("id"):
            self.ids.add(str(values["id"]))
        reads = tag == "form" and (values.get("method") or "get").lower() == "get"
        name = {"a": "href", "link": "href", "img": "src"}.get(tag) or ("action" if reads else "")
        target = values.get(name)
        if target:
            self.links.append(target)


@dataclass
class Walk:
    """What was seen: pages by path, and links that lead nowhere."""

    pages: dict[str, _Links] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)


def walk(client: FlaskClient, start: str) -> Walk:
    seen, waiting = Walk(), [(start, "the start")]
    known = {start}
    while waiting:
        path, source = waiting.pop()
        answer = client.get(path, follow_redirects=True, buffered=True)
        if answer.status_code != 200:
            seen.broken.append(f"{path} ({answer.status_code}) on {source}")
            continue
        if "Set-Cookie" in answer.headers:
            seen.cookies.append(path)
        page = _Links()
        if answer.mimetype == "text/html":
            page.feed(answer.text)
            seen.pages[path] = page
        for link in page.links:
            target = urldefrag(urljoin(f"http://127.0.0.1:8000{path}", link)).url
            parts = urlsplit(target)
            inner = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            if (
                parts.netloc != "127.0.0.1:8000"
                or parts.path in ACTIONS
                or any(sample in parts.query for sample in SAMPLES)
            ):
                continue
            if inner not in known:
                known.add(inner)
                waiting.append((inner, path))
        assert len(known) < MOST_PAGES, "the walk does not end"
    return seen


@pytest.fixture
def demo(app: Flask) -> Flask:
    """The application filled with the demo's campaigns and people, without its gifts."""
    app.config["WTF_CSRF_ENABLED"] = True
    done = app.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code == 0, done.output
    return app


@pytest.fixture
def untranslated(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Sentences for which French was wanted and not there."""
    missing: set[str] = set()
    french = i18n.translations("fr")

    class _Record(NullTranslations):
        def gettext(self, message: str) -> str:
            missing.add(message)
            return message

        def ngettext(self, singular: str, plural: str, num: int) -> str:
            missing.add(singular)
            return singular if num == 1 else plural

    monkeypatch.setattr(french, "_fallback", _Record())
    return missing


def as_alice(demo: Flask, database: Database) -> FlaskClient:
    client = demo.test_client()
    with database.read() as session:
        alice = session.scalars(select(Member.id).where(Member.role == "owner")).first()
    assert alice is not None
    sign_in(client, database, alice)
    return client


def as_stranger(demo: Flask, _database: Database) -> FlaskClient:
    return demo.test_client()


Visitor = Callable[[Flask, Database], FlaskClient]


@pytest.mark.parametrize(
    ("visitor", "start"),
    [(as_stranger, "/"), (as_stranger, "/fr/"), (as_alice, "/desk/"), (as_alice, "/fr/desk/")],
    ids=["stranger", "stranger-fr", "alice", "alice-fr"],
)
def test_no_link_is_broken_and_no_french_is_missing(
    demo: Flask, database: Database, untranslated: set[str], visitor: Visitor, start: str
) -> None:
    seen = walk(visitor(demo, database), start)

    assert seen.broken == []
    assert len(seen.pages) > 8
    wrong = {path: page.lang for path, page in seen.pages.items() if page.lang[:2] != _language(path)}
    assert wrong == {}
    assert untranslated == set()


def test_strangers_get_no_cookie(demo: Flask, database: Database) -> None:
    assert walk(as_stranger(demo, database), "/").cookies == []


def test_links_within_a_page_find_their_place(demo: Flask, database: Database) -> None:
    for path, page in walk(as_stranger(demo, database), "/").pages.items():
        places = {link[1:] for link in page.links if link.startswith("#") and len(link) > 1}
        assert places <= page.ids, path


def _language(path: str) -> str:
    return "fr" if path == "/fr" or path.startswith(("/fr/", "/fr?")) else "en"
