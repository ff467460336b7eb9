"""The HTTP server: loopback only, a thread for each request, able to cut a connection without an answer."""

import socket
import struct
from typing import Any, NoReturn

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

HOST = "127.0.0.1"
BACKLOG = 512
CUT = "sandbox.cut"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class ConnectionCut(ConnectionError):  # noqa: N818  what the fault asked for
    """Raised through the application to end a request without any answer."""


class Handler(WSGIRequestHandler):
    """Says nothing on the terminal; the sandbox has its own log."""

    disable_nagle_algorithm = True

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """End the connection too; without this a cut request would wait for the client's next one."""
        super().connection_dropped(error, environ)
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Stay silent."""


class Server(ThreadedWSGIServer):
    """Closes a cut connection at once, so that the client sees a reset rather than an end."""

    daemon_threads = True
    block_on_close = False

    def shutdown_request(self, request: Any) -> None:
        if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == RESET_ON_CLOSE:
            self.close_request(request)
        else:
            super().shutdown_request(request)


def listen(port: int) -> socket.socket:
    """Bind the loopback address; 0 picks a free port. Raises OSError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def make_server(app: Flask, listener: socket.socket) -> Server:
    """Serve `app` on a socket that is already listening."""
    port = listener.getsockname()[1]
    return Server(HOST, port, app, Handler, fd=listener.fileno())


def cut_connection(environ: dict[str, Any]) -> NoReturn:
    """End this request with a TCP reset and no answer."""
    connection: socket.socket = environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    raise ConnectionCut
