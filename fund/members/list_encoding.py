"""In which encoding a member list was written. Pure."""

import codecs

from fund.kit.errors import Refusal

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "iso8859-1": "ISO-8859-1",
    "iso8859-15": "ISO-8859-15",
    "mac-roman": "Mac Roman",
}
"""And what people call them."""
"""What can be chosen; each also with a mark at the beginning of the file, where there is such a thing."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ONE_BYTE = ("cp1252", "mac-roman", "iso8859-15")
"""In order of how often they are met: the first of equals is taken."""
_EXPECTED = frozenset("éèàçêëâîïôûùüœæÉÈÀÇÊÂÎÔŒäöåÄÖÅßñãõíóúáøØšžŠŽÿ«»’“”–—€°…")
_LOOKED_AT = 400_000


def guess_encoding(data: bytes) -> str:
    """The encoding in which these bytes make sense as a list of people."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    head = data[:_LOOKED_AT]
    if (wide := _two_byte(head)) is not None:
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return max(_ONE_BYTE, key=lambda name: _sense(head, name))
    return "utf-8" if _is_utf8(data) else "cp1252"


def decode_list(data: bytes, encoding: str) -> str:
    """Raises Refusal on field `encoding` for bytes that cannot be read so."""
    for mark, name in _MARKS:
        if data.startswith(mark) and encoding in (name, "utf-16", "utf-8"):
            data, encoding = data[len(mark) :], name
            break
    try:
        return data.decode("utf-16-le" if encoding == "utf-16" else encoding)
    except (UnicodeDecodeError, LookupError):
        raise Refusal("The file cannot be read in this encoding. Choose another.", field="encoding") from None


def _two_byte(head: bytes) -> str | None:
    """UTF-16 without a mark: of mostly Latin letters every second byte is zero."""
    pairs = len(head) // 2
    if pairs and head[1::2].count(0) > pairs * 0.7 and head[0::2].count(0) < pairs * 0.1:
        return "utf-16-le"
    if pairs and head[0::2].count(0) > pairs * 0.7 and head[1::2].count(0) < pairs * 0.1:
        return "utf-16-be"
    return None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _sense(head: bytes, encoding: str) -> int:
    """How many of the bytes that differ between encodings are letters and signs that names have, less the others."""
    found = head.translate(None, bytes(range(128))).decode(encoding, "replace")
    return sum(1 if letter in _EXPECTED else -1 for letter in found)
