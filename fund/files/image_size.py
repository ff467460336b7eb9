"""How large a picture is, from its first bytes: the formats that `clean_image` writes. Pure."""

HEAD = 4096
"""So many bytes say it in every file that we wrote."""
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Marks of a JPEG after which its height and width stand."""


def image_size(head: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None for what is no picture of ours."""
    if head.startswith(_PNG) and head[12:16] == b"IHDR":
        return _pair(int.from_bytes(head[16:20]), int.from_bytes(head[20:24]))
    if head.startswith(_JPEG):
        return _jpeg_size(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp_size(head)
    return None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    at = len(_JPEG)
    while at + 9 <= len(head) and head[at] == 0xFF:  # noqa: PLR2004  each part begins so
        if head[at + 1] in _FRAMES:
            return _pair(int.from_bytes(head[at + 7 : at + 9]), int.from_bytes(head[at + 5 : at + 7]))
        at += 2 + int.from_bytes(head[at + 2 : at + 4])
    return None


def _webp_size(head: bytes) -> tuple[int, int] | None:
    kind, lossless = head[12:16], int.from_bytes(head[21:25], "little")
    if kind == b"VP8X":
        return _pair(int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1)
    if kind == b"VP8L":
        return _pair((lossless & 0x3FFF) + 1, (lossless >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 ":
        return _pair(int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF)
    return None


def _pair(width: int, height: int) -> tuple[int, int] | None:
    return (width, height) if width and height else None
