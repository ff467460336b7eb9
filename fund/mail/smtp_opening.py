"""Greeting, encryption and log-in: `smtplib` does them, and what the server answers is read within bounds."""

import smtplib
import socket
import ssl
import time
from contextlib import suppress
from typing import Any

from fund.mail.smtp_replies import BrokenError, SmtpReplies

PORT_OF_TLS = smtplib.SMTP_SSL_PORT
_NOT_OPENED = (smtplib.SMTPException, OSError, ValueError)
"""ValueError: a challenge at the log-in that is none."""


class Connection(smtplib.SMTP):
    """Everything until the connection is open ends by the moment `end`, whatever the server does."""

    def __init__(self, *where: Any, end: float, **more: Any) -> None:
        self.end = end
        self._replies: tuple[socket.socket, SmtpReplies] | None = None
        super().__init__(*where, **more)

    def getreply(self) -> tuple[int, bytes]:
        """Raises SMTPServerDisconnected, also for what nobody asked for: after STARTTLS it would count as encrypted."""
        sock = self.sock
        if sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        if self._replies is None or self._replies[0] is not sock:
            self._replies = sock, SmtpReplies(sock)
        replies = self._replies[1]
        try:
            code, words = replies.only(self.end)
            sock.settimeout(max(self.end - time.monotonic(), 0.001))
        except BrokenError as broken:
            self.close()
            raise smtplib.SMTPServerDisconnected(str(broken)) from broken
        return code, b"\n".join(part.strip(b" \t") for part in words)


class _Encrypted(Connection, smtplib.SMTP_SSL):
    """Encrypted from its first byte."""


def open_smtp(
    host: str, port: int, *, encryption: str, greeting: str, user: str, password: str, timeout: float, end: float
) -> Connection:
    """A connection that is ready for mail, by the moment `end`. Raises BrokenError, of which the cause tells more."""
    kind, more = (_Encrypted, {"context": _context()}) if encryption == "implicit" else (Connection, {})
    connection: Connection | None = None
    try:
        connection = kind(host, port, greeting, timeout=timeout, end=end, **more)
        if encryption == "starttls":
            connection.starttls(context=_context())
        connection.ehlo_or_helo_if_needed()
        if user:
            connection.login(user, password)
    except _NOT_OPENED as problem:
        if connection is not None:
            connection.close()
        raise BrokenError from problem
    return connection


def say_goodbye(connection: Connection, *, end: float) -> None:
    """Wait for an answer until the moment `end`, whatever it is."""
    connection.end = end
    with suppress(*_NOT_OPENED):
        connection.quit()


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
