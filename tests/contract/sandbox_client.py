"""Outside clients of the sandbox: stripe-python, plain HTTP, and an endpoint that receives its webhooks."""

import http.client
import http.server
import json
import threading
import time
import urllib.parse
from collections.abc import Callable
from typing import Any, Self, TypeVar

import stripe

from tests.fixtures.sandbox_process import SandboxProcess

SECRET = "whsec_contract"
KEY = "sk_test_contract"

T = TypeVar("T")


def stripe_client(sandbox: SandboxProcess, *, key: str = KEY, retries: int = 0, timeout: float = 20) -> Any:
    """Stripe's own client, pointed at the sandbox; `timeout` in seconds."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": sandbox.url},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


def gift(amount: int = 6250, currency: str = "cad", **more: Any) -> dict[str, Any]:
    """The parameters of a payment-mode session as the fund sends them."""
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Gift"}}
    return {
        "mode": "payment",
        "submit_type": "donate",
        "success_url": "http://127.0.0.1:1/thanks?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:1/again",
        "payment_intent_data": {"capture_method": "automatic", "metadata": {"donation": "7"}},
        "metadata": {"donation": "7"},
        "line_items": [{"quantity": 1, "price_data": price}],
        **more,
    }


def new_session(sandbox: SandboxProcess, amount: int = 6250, currency: str = "cad", **more: Any) -> Any:
    return stripe_client(sandbox).v1.checkout.sessions.create(params=gift(amount, currency, **more))


def paid_session(sandbox: SandboxProcess, amount: int = 6250, currency: str = "cad", **how: Any) -> Any:
    """A session that is paid; its payment intent, charge and balance transaction expanded."""
    session = new_session(sandbox, amount, currency)
    sandbox.pay(session.id, **how)
    expand = ["payment_intent.latest_charge.balance_transaction"]
    return stripe_client(sandbox).v1.checkout.sessions.retrieve(session.id, params={"expand": expand})


def http_call(
    sandbox: SandboxProcess, method: str, path: str, body: str | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    """Plain HTTP; header names in lower case with underscores. Returns status, headers (lower case) and text."""
    address = urllib.parse.urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent.setdefault("content-type", "application/x-www-form-urlencoded")
    try:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        received = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, received, answer.read().decode()
    finally:
        connection.close()


def wait_until(look: Callable[[], T], deadline: float = 10.0) -> T:
    """The first true value of `look`, or a failure after `deadline` seconds."""
    end = time.monotonic() + deadline
    while not (found := look()):
        assert time.monotonic() < end, "nothing came in time"
        threading.Event().wait(0.02)
    return found


def wait_until_delivered(sandbox: SandboxProcess) -> None:
    """Wait until every event has arrived, so that the log that is judged has them all."""
    wait_until(lambda: {event["state"] for event in sandbox.events()} <= {"delivered"})


class WebhookSink:
    """A webhook endpoint on loopback that keeps what it receives and answers what it is told to."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.status = 200
        self._server: http.server.ThreadingHTTPServer | None = None
        self._start(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/stripe"

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in list(self.received)]

    def types(self) -> list[str]:
        return [event["type"] for event in self.events()]

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """Wait until at least `count` deliveries have come."""
        wait_until(lambda: len(self.received) >= count)
        return self.events()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def reopen(self) -> None:
        """Listen again on the port that was closed."""
        self._start(self.port)

    def _start(self, port: int) -> None:
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sink.received.append((self.headers["Stripe-Signature"], body))
                self.send_response(sink.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                """Stay silent."""

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
