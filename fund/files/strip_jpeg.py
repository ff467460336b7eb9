"""Photographs carry who took them, where, and a small copy of what they looked like before they were cropped."""

_START, _SCAN, _MARK = b"\xff\xd8", 0xDA, 0xFF
_DROPPED = frozenset({0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE})
"""Application data and comments; JFIF (E0), colour profiles (E2) and Adobe's colour flag (EE) are needed to draw."""


def strip_jpeg(content: bytes) -> bytes:
    """The same picture without its metadata; what does not read as a JPEG comes back as it was."""
    if not content.startswith(_START):
        return content
    kept, at = bytearray(_START), 2
    while at + 4 <= len(content) and content[at] == _MARK and content[at + 1] != _SCAN:
        if content[at + 1] == _MARK:
            at += 1  # a mark may begin with any number of these
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if content[at + 1] not in _DROPPED:
            kept += content[at:end]
        at = end
    return bytes(kept + content[at:])
