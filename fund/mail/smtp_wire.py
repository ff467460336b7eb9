"""SMTP on a connection that is open: commands in groups where the server takes them so (RFC 2920), and its answers.

A server may say anything. An answer has a longest size and a longest time, and one too many is as bad as none.
"""

import re
import socket
import time
from typing import Self

from fund.mail.transport import Outgoing, Reply

LONGEST_REPLY = 64 * 1024
CLOSING = 421
_GO_AHEAD = 354
_TAKEN = (250, 251)
_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])([^\r\n]*))?\r?\n")
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
_RECEIVED = 1 << 16


class BrokenError(Exception):
    """The connection ended, fell silent or said what is no answer; or the server does not like us. It is of no use."""


class SmtpWire:
    """One connection after greeting, encryption and log-in. `begin`, `begun`, `hand_over`, `answer`, and again."""

    def __init__(self, connection: socket.socket, *, pipelining: bool, timeout: float) -> None:
        self._socket = connection
        self._pipelining = pipelining
        self._timeout = timeout
        self._read = bytearray()
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
        if self._read:
            raise BrokenError("the server says more than it was asked")
        if data.code != _GO_AHEAD:
            self._reset = True
            return _refusal(refused or data)
        if refused:
            self._flush(b".\r\n")
            self._reply()
        return _refusal(refused) if refused else None

    def hand_over(self, message: bytes) -> None:
        """The message; and, where another was begun, its commands in the same breath. Raises BrokenError."""
        self._flush(_dotted(message))

    def answer(self) -> Reply:
        """To the message. Raises BrokenError, also for what is no answer to a message."""
        reply = self._reply()
        if reply.code // 100 == 3:  # noqa: PLR2004  "go on" is no end
            raise BrokenError("the server answered nothing that is a reply")
        return reply

    def _say(self, command: bytes) -> Reply:
        if not self._pipelining:
            self._flush(command)
        reply = self._reply()
        if reply.code == CLOSING:
            raise BrokenError("the server closes the connection")
        return reply

    def _flush(self, before: bytes) -> None:
        data, self._unsent = before + self._unsent, b""
        if not data:
            return
        try:
            self._socket.settimeout(self._timeout)
            self._socket.sendall(data)
        except OSError as broken:
            raise BrokenError from broken

    def _reply(self) -> Reply:
        """The next one, of however many lines."""
        end, size, enhanced = time.monotonic() + self._timeout, 0, None
        while True:
            line = self._line(end)
            size += len(line)
            found = _LINE.fullmatch(line)
            if found is None or size > LONGEST_REPLY:
                raise BrokenError("the server answered nothing that is a reply")
            enhanced = enhanced or _ENHANCED.match(found[3] or b"")
            if found[2] != b"-":
                return Reply(int(found[1]), enhanced[0].decode() if enhanced else "")

    def _line(self, end: float) -> bytes:
        while (at := self._read.find(b"\n")) < 0:
            left = end - time.monotonic()
            if left <= 0 or len(self._read) > LONGEST_REPLY:
                raise BrokenError("the server does not come to an end")
            try:
                self._socket.settimeout(left)
                received = self._socket.recv(_RECEIVED)
            except OSError as broken:
                raise BrokenError from broken
            if not received:
                raise BrokenError("the server hung up")
            self._read += received
        line = bytes(self._read[: at + 1])
        del self._read[: at + 1]
        return line


def _refusal(reply: Reply) -> Reply:
    if reply.code // 100 in (4, 5):
        return reply
    raise BrokenError("the server answered nothing that is a refusal")


def _dotted(message: bytes) -> bytes:
    """The message with its end mark; lines that begin with a dot get a second one."""
    lines = message if message.endswith(b"\r\n") else message + b"\r\n"
    return b"." * lines.startswith(b".") + lines.replace(b"\n.", b"\n..") + b".\r\n"
