"""A mail server that answers as it likes: takes a message and hangs up before it says so; says later, never, goodbye.

What it does is drawn, the same for the same seed and order of messages. Speaks in groups (RFC 2920).
"""

import random
import socket
import socketserver
import threading
from collections import Counter
from typing import Self

ACCEPT, HANG_UP, LATER, NEVER, GOODBYE = "accept", "hang up", "later", "never", "goodbye"
WEIGHTS = {ACCEPT: 90, HANG_UP: 2, LATER: 3, NEVER: 3, GOODBYE: 2}
ANSWERS = {
    ACCEPT: b"250 2.0.0 taken\r\n",
    LATER: b"451 4.3.0 later\r\n",
    NEVER: b"550 5.7.1 never\r\n",
    GOODBYE: b"421 4.3.2 goodbye\r\n",
}


class BadSink:
    """`taken` counts the messages that it took for each recipient, `answered` those of which it said so."""

    def __init__(self, seed: int = 1) -> None:
        self.taken: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._draw = random.Random(seed)
        self._lock = threading.Lock()
        sink = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                sink.talk(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 50

            def handle_error(self, request: object, client_address: object) -> None:
                """A worker was killed in the middle of a word."""

        self._server = Server(("127.0.0.1", 0), Talk)
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def seen(self) -> int:
        with self._lock:
            return self.taken.total() + self.refused.total()

    def talk(self, peer: socketserver.StreamRequestHandler) -> None:
        peer.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        say, recipient = peer.wfile.write, ""
        say(b"220 bad sink\r\n")
        for line in peer.rfile:
            command = line[:4].upper()
            if command == b"RCPT":
                recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            if command == b"DATA":
                say(b"354 go on\r\n")
                if not self._take(peer, recipient):
                    return
                continue
            say(b"250-bad sink\r\n250 PIPELINING\r\n" if command == b"EHLO" else b"250 ok\r\n")

    def _take(self, peer: socketserver.StreamRequestHandler, recipient: str) -> bool:
        """One message; whether the conversation goes on."""
        for line in peer.rfile:
            if line == b".\r\n":
                break
        else:
            return False
        with self._lock:
            act = self._draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            (self.taken if act in (ACCEPT, HANG_UP) else self.refused)[recipient] += 1
        if act == HANG_UP:
            return False
        peer.wfile.write(ANSWERS[act])
        if act == ACCEPT:
            with self._lock:
                self.answered[recipient] += 1
        return act != GOODBYE
