"""Who may open a page. A guard leaves its name on the view (`view.guard`), and a test reads it off every route."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import Flask, Response, redirect, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from fund.web.permissions import PERMISSIONS, may
from fund.web.sign_in import SignedIn, current_member

P = ParamSpec("P")
Answer = str | AnyResponse | tuple[str, int]
"""What a view may return: a page, a redirect, a page with another status than 200."""
View = Callable[P, Answer]

_PRIVATE = ("/desk", "/account")


def needs(permission: str) -> Callable[[View[P]], View[P]]:
    """Marks a view of the desk: a stranger goes to the login page, a member without the permission gets 403."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def mark(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
            member = current_member()
            if member is None:
                return to_login()
            if not may(member.role, permission):
                raise Forbidden
            return view(*args, **kwargs)

        guarded.__dict__["guard"] = f"needs:{permission}"
        return guarded

    return mark


def needs_member(view: View[P]) -> View[P]:
    """Marks a view for everybody who is signed in."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
        return to_login() if current_member() is None else view(*args, **kwargs)

    guarded.__dict__["guard"] = "needs:member"
    return guarded


def the_member() -> SignedIn:
    """The member of a guarded view."""
    member = current_member()
    if member is None:
        raise Forbidden
    return member


def to_login() -> AnyResponse:
    """Afterwards the login page leads back here, unless here was a form that was sent."""
    here = request.full_path.rstrip("?")
    back = f"{request.script_root}{here}" if request.method == "GET" else None
    return redirect(url_for("site.login", next=back), 303)


def own_path(target: str) -> str | None:
    """`target` if it is a path of this site, else None: nobody is led elsewhere by a link to our login page."""
    parts = urlsplit(target)
    plain = target.isprintable() and "\\" not in target
    inside = target.startswith("/") and not target.startswith("//") and not parts.scheme and not parts.netloc
    return target if plain and inside else None


def init_app(app: Flask) -> None:
    @app.after_request
    def keep_private(response: Response) -> Response:
        if request.path.startswith(_PRIVATE):
            response.headers["Cache-Control"] = "no-store"
        return response
