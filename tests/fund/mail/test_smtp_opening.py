"""A server that lies, cuts, floods or hangs before the first message: within bounds, nothing has been sent."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import pytest
from sqlalchemy import select

from fund.mail.models import Delivery
from fund.mail.queue_delivery import queue_delivery
from fund.mail.send_batch import send_batch
from fund.mail.smtp_transport import SmtpTransport
from fund.mail.transport import TransportUnavailableError
from tests.fixtures.databases import sqlite_only
from tests.fund.mail.postroom import VALUES, Postroom

MESSAGE = b"Subject: x\r\n\r\nHello\r\n"
TIMEOUT = 0.1
BOUND = 10
"""Seconds: far more than it may take, far less than for ever."""
Talk = Callable[[socket.socket], None]

BANNER = b"220 hi\r\n"
EHLO = b"250-hi\r\n250-STARTTLS\r\n250 AUTH CRAM-MD5 PLAIN LOGIN\r\n"
STEPS = {
    "banner": ((), "tls=none"),
    "ehlo": ((BANNER,), "tls=none"),
    "starttls": ((BANNER, EHLO), "tls=starttls"),
    "handshake": ((BANNER, EHLO, b"220 go\r\n"), "tls=starttls"),
    "implicit": ((), "tls=implicit"),
    "log-in": ((BANNER, EHLO), "tls=none"),
    "challenge": ((BANNER, EHLO, b"334 PDEyM0BhPg==\r\n"), "tls=none"),
}
"""What the server says properly before, and how it is called."""


def cuts(_connection: socket.socket) -> None:
    pass


def talks_rubbish(connection: socket.socket) -> None:
    connection.sendall(b"\x00\xff\xfe rubbish\r\n" * 3)


def asks_for_the_impossible(connection: socket.socket) -> None:
    connection.sendall(b"334 \xff=not base64=\r\n")


def says_it_in_one_line(connection: socket.socket) -> None:
    connection.sendall(b"250-" + b"x" * 1_000_000)


def never_ends(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"250-and\r\n" * 100)


def drips(connection: socket.socket) -> None:
    for letter in b"250-" + b"x" * 1_000_000:
        connection.sendall(bytes([letter]))
        threading.Event().wait(TIMEOUT / 10)


def takes_its_time(connection: socket.socket) -> None:
    """With each answer less than the longest time."""
    for answer in (b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n", b"250 taken\r\n"):
        threading.Event().wait(TIMEOUT * 0.8)
        connection.sendall(answer)
        connection.recv(1000)


def hangs(connection: socket.socket) -> None:
    with suppress(TimeoutError):
        connection.settimeout(BOUND)
        while connection.recv(1000):
            pass


@contextmanager
def server(said: tuple[bytes, ...], talk: Talk) -> Iterator[int]:
    """Says each after a line it heard (the first at once), then talks; the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    _converse(connection, said, talk)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield int(listener.getsockname()[1])
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(BOUND)
    assert not thread.is_alive()


def _converse(connection: socket.socket, said: tuple[bytes, ...], talk: Talk) -> None:
    for number, words in enumerate(said):
        if number:
            connection.recv(1000)
        connection.sendall(words)
    if said:
        connection.recv(1000)
    talk(connection)


def call(port: int, how: str) -> SmtpTransport:
    user = "" if how != "tls=none" else "user:hunter2@"
    return SmtpTransport(f"smtp://{user}127.0.0.1:{port}?{how}", timeout=TIMEOUT)


@pytest.mark.parametrize(
    "talk", [cuts, talks_rubbish, asks_for_the_impossible, says_it_in_one_line, never_ends, drips, hangs]
)
@pytest.mark.parametrize("step", STEPS)
def test_whatever_it_does_nothing_was_sent_and_it_does_not_take_long(step: str, talk: Talk) -> None:
    said, how = STEPS[step]
    began = time.monotonic()
    with server(said, talk) as port:
        with pytest.raises(TransportUnavailableError) as unavailable:
            call(port, how).greet()
        with pytest.raises(TransportUnavailableError):
            call(port, how).send(MESSAGE, sender="fund@example.org", recipient="bob@example.org")
    assert time.monotonic() - began < BOUND
    assert "hunter2" not in str(unavailable.value)


def test_all_answers_before_a_message_have_one_longest_time() -> None:
    with server((BANNER, b"250 hi\r\n"), takes_its_time) as port, pytest.raises(TransportUnavailableError):
        call(port, "").send(MESSAGE, sender="fund@example.org", recipient="bob@example.org")


def test_what_is_said_before_the_encryption_does_not_count_after_it() -> None:
    with server((BANNER, EHLO, b"220 go\r\n250 injected\r\n"), hangs) as port, pytest.raises(TransportUnavailableError):
        call(port, "tls=starttls").greet()


def test_one_that_never_says_goodbye_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fund.mail.smtp_transport.GOODBYE", 0.1)
    began = time.monotonic()
    with server((BANNER, b"250-hi\r\n250 PIPELINING\r\n"), drips) as port:
        offered = SmtpTransport(f"smtp://127.0.0.1:{port}", timeout=BOUND * 2).greet()
    assert offered == {"pipelining"}
    assert time.monotonic() - began < BOUND


@sqlite_only
@pytest.mark.parametrize("talk", [asks_for_the_impossible, never_ends])
def test_workers_live_and_what_waits_waits(
    postroom: Postroom, now: datetime, caplog: pytest.LogCaptureFixture, talk: Talk
) -> None:
    postroom.mailing(["bob", "carol"])
    with postroom.database.write() as session:
        queue_delivery(
            session, postroom.queue, postroom.sender, key="receipt", message="invitation", address="dave@example.org",
            locale="en", values=VALUES, now=now,
        )  # fmt: skip
    said, how = STEPS["log-in"]
    with server(said, talk) as port:
        assert postroom.send(call(port, how)) == 1
        assert send_batch(postroom.database, call(port, how), postroom.sender, now=now) == 1
    with postroom.database.read() as session:
        found = {(one.state, one.last_reply) for one in session.scalars(select(Delivery))}
    assert found == {("deferred", "unavailable")}
    assert not [word for word in ("hunter2", "@example", "bob", "dave") if word in caplog.text]
