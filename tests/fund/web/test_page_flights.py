"""Many visitors at one cold page: rendered once, and nobody gets one that is older than their request."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from fund.db.glance import Glance, GlanceError
from fund.web import page_cache
from fund.web.page_cache import ENVIRON_KEY, PageCache
from tests.fixtures.threads import at_once
from tests.fixtures.until import until

VISITORS = 8


class Books(Glance):
    """A database that knows one number."""

    def __init__(self) -> None:
        super().__init__("sqlite://")
        self.version = 1
        self.looks = 0
        self.is_broken = False

    def value(self, _statement: str, *_parameters: object) -> int:
        self.looks += 1
        if self.is_broken:
            raise GlanceError
        return self.version


class Site:
    """An application whose only page says which version it was rendered from, and takes until `gate` opens."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.renderings = 0
        self.gate = threading.Event()
        self.gate.set()
        self.status = "200 OK"
        self.headers: list[tuple[str, str]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        version = self.books.version
        if ENVIRON_KEY in environ:
            environ[ENVIRON_KEY].version = version
        self.renderings += 1
        self.gate.wait(10)
        start_response(self.status, [("Content-Type", "text/plain"), *self.headers])
        return [b"version ", str(version).encode()]


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def site(books: Books) -> Site:
    return Site(books)


@pytest.fixture
def cache(site: Site, books: Books) -> PageCache:
    return PageCache(site, books)


def visit(cache: PageCache, path: str = "/c/a", **more: str) -> str:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", **more}
    return b"".join(cache(environ, lambda *_given: None)).decode()


def test_rendered_once_for_all_who_wait(cache: PageCache, site: Site, books: Books) -> None:
    site.gate.clear()

    def open_when_all_have_come(number: int) -> str:
        if number:
            return visit(cache)
        until(lambda: books.looks == VISITORS)
        site.gate.set()
        return "version 1"

    assert at_once(VISITORS + 1, open_when_all_have_come) == ["version 1"] * (VISITORS + 1)
    assert site.renderings == 1


def test_who_comes_after_a_change_does_not_get_the_page_from_before(cache: PageCache, site: Site, books: Books) -> None:
    site.gate.clear()

    def come(number: int) -> str:
        if number == 0:
            return visit(cache)
        until(lambda: site.renderings == 1)
        if number == 1:
            books.version = 2
            return visit(cache)
        until(lambda: books.looks == 2)
        site.gate.set()
        return ""

    early, late, _ = at_once(3, come)
    assert (early, late) == ("version 1", "version 2")
    assert visit(cache) == "version 2"
    assert site.renderings == 2


def test_a_page_that_breaks_holds_nobody_up(cache: PageCache, site: Site) -> None:
    site.status = "500 INTERNAL SERVER ERROR"
    assert at_once(VISITORS, lambda _number: visit(cache)) == ["version 1"] * VISITORS
    site.status = "200 OK"
    before = site.renderings
    assert [visit(cache), visit(cache)] == ["version 1"] * 2
    assert site.renderings == before + 1


def test_an_application_that_raises_leaves_no_lock_behind(books: Books) -> None:
    def broken(_environ: dict[str, Any], _start: object) -> Iterable[bytes]:
        raise LookupError

    cache = PageCache(broken, books)
    for _ in range(2):
        with pytest.raises(LookupError):
            visit(cache)


@pytest.mark.parametrize(
    "header",
    [("Set-Cookie", "a=b"), ("Cache-Control", "no-store"), ("Cache-Control", "private"), ("Vary", "Cookie")],
)
def test_what_is_somebodys_own_is_not_kept(cache: PageCache, site: Site, header: tuple[str, str]) -> None:
    site.headers = [header]
    visit(cache)
    visit(cache)
    assert site.renderings == 2


def test_memory_is_bounded_and_the_pages_in_use_stay(
    cache: PageCache, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "MOST_PAGES", 3)
    for number in range(10):
        visit(cache, "/c/in-use")
        visit(cache, f"/c/{number}")
    assert site.renderings == 11
    visit(cache, "/c/0")
    assert site.renderings == 12


def test_without_the_database_the_application_answers(cache: PageCache, site: Site, books: Books) -> None:
    visit(cache)
    books.is_broken = True
    visit(cache)
    assert site.renderings == 2


def test_a_page_is_kept_for_five_minutes_at_most(cache: PageCache, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    visit(cache)
    monkeypatch.setattr(page_cache, "LONGEST_KEPT", -1.0)
    visit(cache)
    assert site.renderings == 2
