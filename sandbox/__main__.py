"""`python -m sandbox --port 4242 --webhook URL --secret whsec_... --smtp-port 1025`."""

import argparse
import os
import signal
import socket
import sys
import threading
from types import FrameType
from typing import NoReturn

from sandbox.app import create_app
from sandbox.deliver import Endpoint
from sandbox.log import Log
from sandbox.mail import MailServer
from sandbox.server import HOST, listen, make_server
from sandbox.state import Sandbox

LARGEST_PORT = 65535


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return port


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="An offline Stripe and mail catcher.")
    parser.add_argument("--host", default=HOST, help="only 127.0.0.1: the sandbox never listens elsewhere")
    parser.add_argument("--port", type=_port, default=4242, help="0 picks a free one")
    parser.add_argument("--smtp-port", type=_port, default=1025, help="0 picks a free one")
    parser.add_argument("--webhook", action="append", default=[], metavar="URL", help="may be given several times")
    parser.add_argument("--secret", default="whsec_sandbox", help="several, comma separated, sign as in a rotation")
    parser.add_argument("--log", metavar="FILE", help="append every exchange and delivery as JSON lines")
    parser.add_argument(
        "--until-eof", action="store_true", help="stop when standard input ends, with whoever started it"
    )
    options = parser.parse_args()
    if options.host not in {HOST, "localhost"}:
        parser.error(f"the sandbox listens on {HOST} only")
    if not all(each.strip() for each in options.secret.split(",")):
        parser.error("--secret is empty")
    if "_live_" in os.environ.get("STRIPE_SECRET_KEY", ""):
        parser.error("STRIPE_SECRET_KEY holds a live key; the sandbox does not start beside one")
    return options


def _listen(port: int, name: str) -> socket.socket:
    try:
        return listen(port)
    except OSError as error:
        sys.exit(f"sandbox: cannot listen on {HOST}:{port} ({name}): {error.strerror}")


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """End at once: nothing of requests that hang and deliveries under way is worth waiting for.

    An exception would not do. Raised while the server hands a request to its thread, it closes that thread's
    connection under it, and an interpreter that ends around such threads complains.
    """
    os._exit(0)


def _stop_at_eof() -> None:
    while os.read(0, 4096):  # not sys.stdin: its lock would be held when the interpreter ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run until SIGTERM or Ctrl-C."""
    _run(_parse())


def _run(options: argparse.Namespace) -> None:
    web, smtp = _listen(options.port, "--port"), _listen(options.smtp_port, "--smtp-port")
    sandbox = Sandbox(Log(options.log, os.environ.get("SANDBOX_LOG_DIR")))
    sandbox.base_url = f"http://{HOST}:{web.getsockname()[1]}"
    secrets = tuple(each.strip() for each in options.secret.split(","))
    sandbox.outbox.endpoints = [Endpoint(url, secrets) for url in options.webhook]
    server = make_server(create_app(sandbox), web)
    mail = MailServer(sandbox.mailbox, smtp)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, _stop)
    if options.until_eof:
        threading.Thread(target=_stop_at_eof, daemon=True).start()
    sandbox.start()
    mail.start()
    sys.stdout.write(f"sandbox listening on {sandbox.base_url} smtp {HOST}:{smtp.getsockname()[1]}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
