"""The language is part of the path: `/fr/...` is French, everything else English.

A thin WSGI layer moves `/fr` from PATH_INFO to SCRIPT_NAME, so that one set of routes serves both languages and
`url_for` keeps to the language of the page by itself. Machines' addresses (hooks, api, health) have one form only.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for

from fund.kit.i18n import LOCALES, translate, translate_plural
from fund.web.services import services

ENVIRON_KEY = "fund.locale"
BARE_KEY = "fund.bare_locale"
"""In the environment of a request for `/fr`, whose page is at `/fr/`."""
_ONE_FORM_ONLY = ("/hooks/", "/api/", "/static/", "/healthz", "/readyz", "/metrics")

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class LocaleFromPath:
    """Wraps the application; see the module."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        rest = path[3:] or "/"
        if (path == "/fr" or path.startswith("/fr/")) and not rest.startswith(_ONE_FORM_ONLY):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/fr"
            environ["PATH_INFO"] = rest
            environ[ENVIRON_KEY] = "fr"
            environ[BARE_KEY] = path == "/fr"
        return self._app(environ, start_response)


def current_locale() -> str:
    """`en` or `fr`; outside a request the installation's default."""
    if has_request_context():
        return str(request.environ.get(ENVIRON_KEY, "en"))
    return services().settings.default_locale


def gettext(message: str, **values: object) -> str:
    """The sentence in the page's language, its `{named}` values filled in."""
    translated = translate(message, current_locale())
    return translated.format(**values) if values else translated


def ngettext(singular: str, plural: str, count: int, **values: object) -> str:
    return translate_plural(singular, plural, count, current_locale()).format(count=count, **values)


def other_locale_path() -> str:
    """This same page in the other language, with its query string."""
    query = request.query_string.decode("ascii", "ignore")
    path = request.path if current_locale() == "fr" else f"/fr{request.path}"
    return f"{path}?{query}" if query else path


def canonical_path(locale: str) -> str:
    """This page's path in `locale`, without its query string."""
    return f"/fr{request.path}" if locale == "fr" else request.path


def init_app(app: Flask) -> None:
    app.wsgi_app = LocaleFromPath(app.wsgi_app)  # type: ignore[method-assign]
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: translate(message, current_locale()),
        lambda singular, plural, count: translate_plural(singular, plural, count, current_locale()),
        newstyle=True,
    )
    app.jinja_env.globals.update(
        current_locale=current_locale,
        other_locale_path=other_locale_path,
        canonical_path=canonical_path,
        locales=LOCALES,
        asset=asset,
    )


def asset(path: str) -> str:
    """A file below static/, with its content's hash so that browsers may keep it for a year."""
    versions: dict[str, str] = current_app.extensions["asset_versions"]
    base = url_for("static", filename=path)
    base = base.removeprefix("/fr")
    return f"{base}?v={versions[path]}" if path in versions else base
