from typing import Any

from flask import Request


class HeadRequest(Request):
    """A request for the head of a page alone is a GET to every view: what is no GET is a form that was sent.

    Programs that check links ask so, in mails above all. The server leaves the body of the answer out all the same.
    """

    def __init__(self, environ: dict[str, Any], *, populate_request: bool = True, shallow: bool = False) -> None:
        super().__init__(environ, populate_request=populate_request, shallow=shallow)
        if self.method == "HEAD":
            self.method = "GET"
