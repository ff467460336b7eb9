"""The webhook's straight way: an authentic event is kept without Flask, which costs more than checking and storing it.

Whatever is not plainly that (another method, a wrong signature, a body without a stated length, a database in
trouble) goes on to the view in `stripe.py` with its body as it was: that one knows all the answers.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from fund.hooks.intake import Intake
from fund.kit.clock import utc_now
from fund.payments.gateway import Envelope, Gateway

PATH = "/hooks/stripe"
LARGEST_EVENT = 1024 * 1024
STORED = b"stored\n"

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Express:
    """Wraps the application; `headers` are those of every answer."""

    def __init__(self, app: WsgiApp, gateway: Gateway, intake: Intake[Envelope], headers: dict[str, str]) -> None:
        self._app = app
        self._gateway = gateway
        self._intake = intake
        self._headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(STORED))),
            *headers.items(),
            ("Cache-Control", "no-store"),
        ]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == PATH and environ["REQUEST_METHOD"] == "POST" and self._is_kept(environ):
            start_response("200 OK", list(self._headers))
            return [STORED]
        return self._app(environ, start_response)

    def _is_kept(self, environ: dict[str, Any]) -> bool:
        length = environ.get("CONTENT_LENGTH") or ""
        if not (length.isascii() and length.isdigit()) or len(length) > 7 or int(length) > LARGEST_EVENT:  # noqa: PLR2004
            return False
        if not self._gateway.can_receive_events:
            return False
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = BytesIO(body)
        try:
            signature = environ.get("HTTP_STRIPE_SIGNATURE", "")
            self._intake.keep(self._gateway.verify_event(body, signature, now=utc_now()))
        except Exception:  # noqa: BLE001  not authentic, or not stored: the view looks again and says so
            return False
        return True
