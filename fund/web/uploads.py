"""Which forms carry files: everywhere else a body stays as small as forms are."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request

from fund.web.sign_in import current_member

P = ParamSpec("P")
R = TypeVar("R")
LARGEST_UPLOAD = 24 * 1024 * 1024
"""Above what a file may have, so that one that is too large still gets a sentence."""


LARGEST_LIST = 52 * 1024 * 1024
"""Of a list of members; the same holds."""


def takes_files(view: Callable[P, R]) -> Callable[P, R]:
    """Marks a view of the desk whose form carries files. The outermost mark: above `@needs`."""
    view.__dict__["takes_files"] = LARGEST_UPLOAD
    return view


def takes_lists(view: Callable[P, R]) -> Callable[P, R]:
    """Marks a view whose form carries a list of members, which may be larger."""
    view.__dict__["takes_files"] = LARGEST_LIST
    return view


def init_app(app: Flask) -> None:
    """Before the token is looked for, which reads the form; only for who may sign in to the desk."""

    @app.before_request
    def allow_more() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        largest = getattr(view, "takes_files", 0)
        if request.method == "POST" and largest:
            member = current_member()
            if member is not None and member.role is not None:
                request.max_content_length = largest
