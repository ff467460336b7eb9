"""Which forms carry files: everywhere else a body stays as small as forms are."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request

from fund.web.sign_in import current_member

P = ParamSpec("P")
R = TypeVar("R")
LARGEST_UPLOAD = 24 * 1024 * 1024
"""Above what a file may have, so that one that is too large still gets a sentence."""


def takes_files(view: Callable[P, R]) -> Callable[P, R]:
    """Marks a view of the desk whose form carries files. The outermost mark: above `@needs`."""
    view.__dict__["takes_files"] = True
    return view


def init_app(app: Flask) -> None:
    """Before the token is looked for, which reads the form; only for who may sign in to the desk."""

    @app.before_request
    def allow_more() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if request.method == "POST" and getattr(view, "takes_files", False):
            member = current_member()
            if member is not None and member.role is not None:
                request.max_content_length = LARGEST_UPLOAD
