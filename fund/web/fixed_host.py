from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class FixedHost:
    """The host is SITE_URL's, whatever the request's header says: even redirects for a missing slash lead there."""

    def __init__(self, app: WsgiApp, site_url: str) -> None:
        self._app = app
        self._host = urlsplit(site_url).netloc

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["HTTP_HOST"] = self._host
        return self._app(environ, start_response)
