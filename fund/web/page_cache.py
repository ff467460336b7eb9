"""Public pages from memory, ahead of Flask, never older than the last commit.

Every request looks at the page's version in the database: a change that another process has committed shows in the
next request. A page is kept under the version of the very snapshot it was rendered from. Requests with a cookie, of
another method or with an unknown query string pass by. See docs/decisions/0009-page-cache.md.
"""

import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Flask, request
from sqlalchemy import text

from fund.db.glance import Glance, GlanceError
from fund.web.kept_page import Headers, KeptPage, Rendered
from fund.web.public_page import OF_CAMPAIGN, OF_SITE, PublicPage, public_page
from fund.web.request_scope import read_session

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

ENVIRON_KEY = "fund.page"
MOST_PAGES = 512
LARGEST_PAGE = 512 * 1024
LONGEST_KEPT = 300.0
"""Seconds. A bound on the harm of a change that forgets to touch its page; no correct page needs it."""
PATIENCE = 30.0
TURNS = 3
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE")


class _Snapshot:
    """Travels with a rendering: which page, the version that its reading session saw, and until when it holds."""

    def __init__(self, page: PublicPage) -> None:
        self.page = page
        self.version: int | None = None
        self.until: float | None = None


class _Flight:
    """One rendering that others wait for."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.page: KeptPage | None = None


class PageCache:
    """Wraps the application; see the module."""

    def __init__(self, app: WsgiApp, glance: Glance) -> None:
        self._app = app
        self._glance = glance
        self._kept: dict[tuple[str, str], tuple[PublicPage, KeptPage]] = {}
        self._flights: dict[PublicPage, _Flight] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD") and "HTTP_COOKIE" not in environ:
            answer = self._answer(environ)
            if answer is not None:
                return answer.send(environ, start_response)
        return self._app(environ, start_response)

    def _answer(self, environ: dict[str, Any]) -> KeptPage | Rendered | None:
        """None: the application answers this one."""
        found = self._kept.get((environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")))
        page = found[0] if found and not environ.get("SCRIPT_NAME") else public_page(environ)
        if page is None:
            return None
        try:
            version = page.version(self._glance)
        except GlanceError:
            return None
        if version is None:
            return None
        kept = found[1] if found else None
        if kept is not None and _is_fresh(kept, version):
            kept.used_at = time.monotonic()
            return kept
        return self._fresh(page, version, environ)

    def _fresh(self, page: PublicPage, version: int, environ: dict[str, Any]) -> KeptPage | Rendered:
        """Rendered once for all who wait; none of them gets a page older than what it saw on arrival."""
        for _ in range(TURNS):
            with self._lock:
                found = self._kept.get(page[:2])
                if found and _is_fresh(found[1], version):
                    return found[1]
                flight = self._flights.get(page)
                if flight is None:
                    mine = self._flights[page] = _Flight()
            if flight is None:
                return self._lead(page, mine, environ)
            flight.landed.wait(PATIENCE)
            if flight.page is None:
                break
            if (flight.page.version or 0) >= version:
                return flight.page
        return self._render(page, environ)

    def _lead(self, page: PublicPage, flight: _Flight, environ: dict[str, Any]) -> KeptPage | Rendered:
        try:
            rendered = self._render(page, environ)
            if not rendered.may_be_kept or len(rendered.body) > LARGEST_PAGE:
                return rendered
            flight.page = KeptPage(rendered)
        finally:
            with self._lock:
                if flight.page is not None:
                    self._keep(page, flight.page)
                del self._flights[page]
            flight.landed.set()
        return flight.page

    def _keep(self, page: PublicPage, kept: KeptPage) -> None:
        while len(self._kept) >= MOST_PAGES:
            del self._kept[min(self._kept, key=lambda key: self._kept[key][1].used_at)]
        self._kept[page[:2]] = page, kept

    def _render(self, page: PublicPage, environ: dict[str, Any]) -> Rendered:
        """Asks the application for the whole page, whatever this visitor has of it already."""
        asked = {name: value for name, value in environ.items() if name not in _CONDITIONS}
        snapshot = _Snapshot(page)
        asked |= {"REQUEST_METHOD": "GET", ENVIRON_KEY: snapshot}
        started: list[tuple[str, Headers]] = []

        def start_response(status: str, headers: Headers, _error: object = None) -> Callable[[bytes], None]:
            started.append((status, headers))
            return lambda _data: None

        answered = self._app(asked, start_response)
        try:
            body = b"".join(answered)
        finally:
            close: Callable[[], None] | None = getattr(answered, "close", None)
            if close is not None:
                close()
        status, headers = started[-1]
        return Rendered(status, headers, body, snapshot.version, snapshot.until)


def _is_fresh(kept: KeptPage, version: int) -> bool:
    if kept.until is not None and time.time() >= kept.until:
        return False
    return kept.version == version and time.monotonic() - kept.rendered_at < LONGEST_KEPT


def changes_at(moment: datetime) -> None:
    """Said while a page is rendered that will read differently from `moment` on, though nothing is committed."""
    snapshot: _Snapshot | None = request.environ.get(ENVIRON_KEY)
    if snapshot is not None:
        snapshot.until = min(snapshot.until or moment.timestamp(), moment.timestamp())


def init_app(app: Flask) -> None:
    """Before anything else is read for a page, so that its version is of the same snapshot."""

    @app.before_request
    def note_version() -> None:
        snapshot: _Snapshot | None = request.environ.get(ENVIRON_KEY)
        if snapshot is not None:
            slug = snapshot.page.slug
            statement = text(OF_SITE) if slug is None else text(OF_CAMPAIGN.replace("?", ":slug"))
            found = read_session().execute(statement, {} if slug is None else {"slug": slug}).scalar()
            snapshot.version = None if found is None else int(found)
