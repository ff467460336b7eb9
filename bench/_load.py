"""The client: one process, one thread, many kept-alive connections. Reads what to do as JSON on standard input.

`{"port", "connections", "seconds", "requests": path}` where the file holds raw HTTP requests, each after its length in
four bytes. With `seconds` they are sent round and round for so long, without it each once. Prints a JSON object.
"""

import json
import selectors
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

GIVE_UP = 60.0


class Connection:
    """Sends one request after another and notes what came back."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = self._connect()
        self.request = b""
        self.began = 0.0
        self.got = b""

    def send(self, request: bytes) -> None:
        self.request, self.got, self.began = request, b"", time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int | None:
        """The status once the answer is whole, else None. Connects anew where the server had hung up in between."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionResetError
        self.got += part
        head, end, body = self.got.partition(b"\r\n\r\n")
        if not end:
            return None
        fields = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in fields if line.startswith(b"content-length:")), 0)
        return int(head[9:12]) if len(body) >= length else None

    def reconnect(self) -> None:
        self.socket.close()
        self.socket = self._connect()

    def _connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=GIVE_UP)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made


def read_requests(path: str) -> list[bytes]:
    content, found, at = Path(path).read_bytes(), [], 0
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        found.append(content[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def endless(requests: list[bytes], seconds: float) -> Iterator[bytes]:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        yield from requests


def run(port: int, connections: int, work: Iterator[bytes]) -> dict[str, object]:
    waiting = selectors.DefaultSelector()
    latencies: list[float] = []
    statuses: Counter[str] = Counter()
    began = time.perf_counter()
    for _ in range(connections):
        if (request := next(work, None)) is not None:
            connection = Connection(port)
            waiting.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(request)
    while waiting.get_map():
        for key, _ in waiting.select(GIVE_UP) or sys.exit("the server does not answer"):
            connection = key.data
            try:
                status = connection.read()
            except ConnectionError:
                statuses["reconnected"] += 1
                waiting.unregister(key.fileobj)
                connection.reconnect()
                waiting.register(connection.socket, selectors.EVENT_READ, connection)
                connection.send(connection.request)
                continue
            if status is None:
                continue
            latencies.append(time.perf_counter() - connection.began)
            statuses[str(status)] += 1
            if (request := next(work, None)) is None:
                waiting.unregister(key.fileobj)
                connection.socket.close()
            else:
                connection.send(request)
    return {"seconds": time.perf_counter() - began, "statuses": statuses, "latencies": latencies}


def main() -> None:
    asked = json.load(sys.stdin)
    requests = read_requests(asked["requests"])
    work = endless(requests, asked["seconds"]) if asked.get("seconds") else iter(requests)
    json.dump(run(asked["port"], asked["connections"], work), sys.stdout)


if __name__ == "__main__":
    main()
