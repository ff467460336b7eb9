"""What is drawn may carry words behind it, for whoever copies or listens: under a black box often those it hides."""

import re

_PART = re.compile(rb"<<|>>|\(|<")
_IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_OF_A_MARK = re.compile(rb"\s*(?:BDC|DP)(?![A-Za-z])")
LONGEST_STRING = 64 * 1024
"""So many bytes are taken for one that has no end: a picture between the instructions may look like its beginning."""


def silence_marks(content: bytes) -> bytes:
    """Drawing instructions without the words of their marks; what is seen stays as it was.

    The marks themselves stay, for each has its end, with an empty list of properties. Each byte is read once.
    """
    kept, copied, at = bytearray(), 0, 0
    begun: list[int] = []
    while found := _PART.search(content, at):
        part, at = found[0], found.end()
        if part == b"(":
            at = _end_of_string(content, at)
        elif part == b"<":
            at = content.find(b">", at) + 1 or len(content)
        elif part == b"<<":
            begun.append(found.start())
        elif begun:
            start = begun.pop()
            if start >= copied and _OF_A_MARK.match(content, at):
                kept += content[copied:start] + b"<<>>"
                copied = at
    return bytes(kept + content[copied:])


def _end_of_string(content: bytes, at: int) -> int:
    """Behind the string that begins at `at`, which may hold others in brackets of its own."""
    depth, end = 1, min(at + LONGEST_STRING, len(content))
    while found := _IN_STRING.search(content, at, end):
        at = found.end()
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if depth == 0:
            return at
    return end
