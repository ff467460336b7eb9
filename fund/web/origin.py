"""Forms that anybody may post carry no CSRF token: a token needs a cookie, and a cookie forbids caching the page.

The browser's own word is used instead: `Sec-Fetch-Site`, which pages cannot forge, and `Origin`. A request with
neither comes from no browser that could be tricked (a script, curl), and holds no one's cookie that would matter.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import request
from flask_wtf.csrf import CSRFProtect

from fund.kit.errors import Refusal
from fund.web.services import services

csrf = CSRFProtect()

P = ParamSpec("P")
R = TypeVar("R")


def is_cross_site() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    return origin is not None and origin != services().settings.site_url


def anonymous_form(view: Callable[P, R]) -> Callable[P, R]:
    """Marks a view whose POST anybody may send from our own pages; other sites' forms get 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if request.method == "POST" and is_cross_site():
            raise Refusal("This form was sent from another site. Open it here and send it again.", status=403)
        return view(*args, **kwargs)

    guarded.__dict__["guard"] = "anonymous_form"
    csrf.exempt(guarded)
    return guarded


def machine_post(view: Callable[P, R]) -> Callable[P, R]:
    """Marks a view that machines post to: the one-click unsubscribe, the hooks. It proves its caller itself."""
    view.__dict__["guard"] = "machine_post"
    csrf.exempt(view)
    return view
