"""Pages that are only words, and what robots and browsers ask for by name."""

from flask import Response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from fund.web.i18n import asset

CLOSED = (
    "/desk",
    "/account",
    "/login",
    "/register",
    "/forgot",
    "/reset/",
    "/follow/",
    "/unsubscribe/",
    "/invite/",
    "/gift/",
    "/c/*/donate",
    "/c/*/thanks",
)
"""Forms and personal links; the hooks besides, which have no French form."""


def privacy() -> str:
    return render_template("site/privacy.html")


def terms() -> str:
    return render_template("site/terms.html")


def robots() -> Response:
    """Everything that is public may be found."""
    lines = [f"Disallow: {language}{path}" for language in ("", "/fr") for path in CLOSED]
    return Response("\n".join(["User-agent: *", *lines, "Disallow: /hooks/", ""]), mimetype="text/plain")


def favicon() -> AnyResponse:
    """The name browsers try when a page has not told them ours."""
    return redirect(asset("shared/icon.svg"), 301)
