"""SMTP on a connection that is open: commands in groups where the server takes them so (RFC 2920), and its answers.

An answer has a longest time, all that come before a message have one together, and one too many is as bad as none.
"""

import re
import socket
import time
from typing import Self

from fund.mail.smtp_replies import BrokenError, SmtpReplies
from fund.mail.transport import Outgoing, Reply

CLOSING = 421
BEFORE_A_MESSAGE = 2
"""So many times the longest time of an answer is the longest of all before a message."""
_GO_AHEAD = 354
_TAKEN = (250, 251)
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
_PIECE = 1 << 14
"""The longest record of TLS."""
_LEAST = 0.001


class NotHandedOverError(BrokenError):
    """Of the message, not all was out: nobody can have taken it."""


class SmtpWire:
    """One connection after greeting, encryption and log-in. `begin`, `begun`, `hand_over`, `answer`, and again."""

    def __init__(self, connection: socket.socket, *, pipelining: bool, timeout: float) -> None:
        self._socket = connection
        self._pipelining = pipelining
        self._timeout = timeout
        self._replies = SmtpReplies(connection)
        self._end = 0.0
        self._out = 0
        self._commands: list[bytes] = []
        self._unsent = b""
        self._reset = False

    def begin(self, sender: str, one: Outgoing) -> Self:
        """Name sender and recipient of the next message; leaves with the message before it, or with `begun`."""
        names = (f"MAIL FROM:<{sender}>\r\n".encode(), f"RCPT TO:<{one.recipient}>\r\n".encode())
        self._commands = [*([b"RSET\r\n"] if self._reset else []), *names, b"DATA\r\n"]
        self._unsent = b"".join(self._commands) if self._pipelining else b""
        return self

    def begun(self) -> Reply | None:
        """None when the server waits for the message, else how it refused the recipient. Raises BrokenError."""
        self._end = time.monotonic() + BEFORE_A_MESSAGE * self._timeout
        self._flush(b"")
        replies = [self._say(command) for command in self._commands[:-2]]
        if replies[-1].code not in _TAKEN:
            raise BrokenError(f"MAIL FROM was answered with {replies[-1].code}")
        recipient = self._say(self._commands[-2])
        refused = None if recipient.code in _TAKEN else recipient
        self._reset = refused is not None
        if refused and not self._pipelining:
            return _refusal(refused)
        data = self._say(self._commands[-1])
        if self._replies.more:
            raise BrokenError("the server says more than it was asked")
        if data.code != _GO_AHEAD:
            self._reset = True
            return _refusal(refused or data)
        if refused:
            self._flush(b".\r\n")
            self._reply(self._end)
        return _refusal(refused) if refused else None

    def hand_over(self, message: bytes) -> None:
        """The message; and, where another was begun, its commands in the same breath.

        Raises NotHandedOverError while the end mark was not out, BrokenError after that.
        """
        dotted = _dotted(message)
        try:
            self._flush(dotted)
        except BrokenError as broken:
            if self._out < len(dotted):
                raise NotHandedOverError from broken
            raise

    def answer(self) -> Reply:
        """To the message. Raises BrokenError, also for what is no answer to a message."""
        reply = self._reply(time.monotonic() + self._timeout)
        if reply.code // 100 == 3:  # noqa: PLR2004  "go on" is no end
            raise BrokenError("the server answered nothing that is a reply")
        return reply

    def _say(self, command: bytes) -> Reply:
        if not self._pipelining:
            self._flush(command)
        reply = self._reply(min(self._end, time.monotonic() + self._timeout))
        if reply.code == CLOSING:
            raise BrokenError("the server closes the connection")
        return reply

    def _flush(self, before: bytes) -> None:
        """In pieces of which each is out as a whole or not at all, encrypted or not. `_out` counts bytes."""
        data, self._unsent = memoryview(before + self._unsent), b""
        self._out, end = 0, time.monotonic() + self._timeout
        while self._out < len(data):
            try:
                self._socket.settimeout(max(end - time.monotonic(), _LEAST))
                self._out += self._socket.send(data[self._out : self._out + _PIECE])
            except OSError as broken:
                raise BrokenError from broken

    def _reply(self, end: float) -> Reply:
        """The next one, of however many lines."""
        code, words = self._replies.next(end)
        enhanced = next(filter(None, map(_ENHANCED.match, words)), None)
        return Reply(code, enhanced[0].decode() if enhanced else "")


def _refusal(reply: Reply) -> Reply:
    if reply.code // 100 in (4, 5):
        return reply
    raise BrokenError("the server answered nothing that is a refusal")


def _dotted(message: bytes) -> bytes:
    """The message with its end mark; lines that begin with a dot get a second one."""
    lines = message if message.endswith(b"\r\n") else message + b"\r\n"
    return b"." * lines.startswith(b".") + lines.replace(b"\n.", b"\n..") + b".\r\n"
