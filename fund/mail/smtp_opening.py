"""Greeting, encryption and log-in, which `smtplib` knows; only what the server answers is read within bounds."""

import smtplib
import socket
import ssl
import time
from typing import Any

from fund.mail.smtp_replies import BrokenError, SmtpReplies


class _Bounded(smtplib.SMTP):
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


class _BoundedSsl(_Bounded, smtplib.SMTP_SSL):
    """Encrypted from its first byte."""


def open_smtp(
    host: str, port: int, *, encryption: str, greeting: str, user: str, password: str, timeout: float, end: float
) -> smtplib.SMTP:
    """A connection that is ready for mail, by the moment `end`. Raises SMTPException, OSError or ValueError."""
    if encryption == "implicit":
        context = ssl.create_default_context()
        connection: smtplib.SMTP = _BoundedSsl(host, port, greeting, timeout=timeout, context=context, end=end)
    else:
        connection = _Bounded(host, port, greeting, timeout=timeout, end=end)
    try:
        if encryption == "starttls":
            connection.starttls(context=ssl.create_default_context())
        connection.ehlo_or_helo_if_needed()
        if user:
            connection.login(user, password)
    except BaseException:
        connection.close()
        raise
    return connection


def say_goodbye(connection: smtplib.SMTP, *, end: float) -> None:
    """Politely, and by the moment `end`. Raises SMTPException or OSError."""
    if isinstance(connection, _Bounded):
        connection.end = end
    connection.quit()
