"""What a mail server answers, read within bounds: it may say anything, never end, or say it a letter at a time."""

import re
import socket
import time

LONGEST_REPLY = 64 * 1024
_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])([^\r\n]*))?\r?\n")
_RECEIVED = 1 << 16


class BrokenError(Exception):
    """The connection ended, fell silent or said what is no answer; or the server does not like us. It is of no use."""


class SmtpReplies:
    """Those of one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._read = bytearray()

    @property
    def more(self) -> bool:
        """Whether the server has said more than was read of it."""
        return bool(self._read)

    def next(self, end: float) -> tuple[int, list[bytes]]:
        """The next answer's code and the words of its lines, by the moment `end`. Raises BrokenError."""
        size, words = 0, []
        while True:
            line = self._line(end)
            size += len(line)
            found = _LINE.fullmatch(line)
            if found is None or size > LONGEST_REPLY:
                raise BrokenError("the server answered nothing that is a reply")
            words.append(found[3] or b"")
            if found[2] != b"-":
                return int(found[1]), words

    def only(self, end: float) -> tuple[int, list[bytes]]:
        """The next answer, where the server may have said no more than that. Raises BrokenError."""
        answer = self.next(end)
        if self.more:
            raise BrokenError("the server says more than it was asked")
        return answer

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
