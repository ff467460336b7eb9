"""A message made ready for many: what they share is encoded and laid out once, only what differs is put in each time.

The body is quoted-printable. Around each `%%place%%` a soft line break stands, so that what is put in begins and ends
on lines of its own, whatever its length, and no line is ever counted anew.
"""

import re
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

from fund.mail.long_words import value_in_html
from fund.mail.render_message import Rendered
from fund.mail.rules import (
    PLACE,
    feedback_id,
    fill_places,
    header_line,
    is_address,
    message_hash,
    preferences_url,
    wire_address,
)
from fund.mail.sender import Sender
from fund.mail.sign import Signature, body_hash, canonical_body, canonical_header, signatures

_ONE_LINE = re.compile(r"[ -~]{1,990}")
_SHORT = re.compile(r"[!-<>-~](?:[ -<>-~]{0,72}[!-<>-~])?")
"""What quoted-printable leaves as it is, on one line."""
_ENCODED = 70
"""How long an encoded word may be, with room for the header's name."""
_WRITABLE = re.compile(r"[!-;=?-~]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 -]{1,60}")
_POLICY = SMTP.clone(max_line_length=78)


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """What is one recipient's own. Has no repr: it holds an address."""

    key: str
    address: str
    personal: Mapping[str, str]
    unsubscribe_url: str | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of the body: fixed lines, or where each recipient's value called `place` stands."""

    raw: bytes = b""
    canonical: bytes = b""
    place: str = ""
    in_html: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """Made by `prepare`, kept as long as the mailing runs."""

    subject: str
    fixed: dict[bytes, bytes]
    """Header lines that all share, by name in lower case."""
    pieces: tuple[_Piece, ...]
    domain: str
    signatures: tuple[Signature, ...]

    def fill(self, envelope: Envelope, *, now: datetime) -> bytes:
        """The finished message, signed when there is a key. Sent again it carries the same Message-ID.

        Raises ValueError for an address or a link that cannot stand in a header.
        """
        personal = dict(envelope.personal)
        headers = self.fixed | _own_headers(envelope, self.domain, now=now)
        if not self.fixed.get(b"subject"):
            headers[b"subject"] = subject_line(fill_places(self.subject, personal))
        if envelope.unsubscribe_url:
            personal["unsubscribe_url"] = envelope.unsubscribe_url
            personal["preferences_url"] = preferences_url(envelope.unsubscribe_url)
        body = [_lines(piece, personal) if piece.place else piece.raw for piece in self.pieces]
        message = b"".join(headers.values()) + b"\r\n" + b"".join(body)
        if not self.signatures:
            return message
        digest = body_hash(
            canonical_body(lines) if piece.place else piece.canonical
            for piece, lines in zip(self.pieces, body, strict=True)
        )
        lines = {name: canonical_header(line) for name, line in headers.items()}
        return b"".join(signature.header(lines, digest, now=now) for signature in self.signatures) + message


def prepare(rendered: Rendered, sender: Sender, *, message: str = "", list_id: str = "") -> Prepared:
    """`message` names the kind of mail, for Feedback-ID.

    Raises ValueError for a list's name that cannot stand in a header, UnusableKeyError for a wrong DKIM_KEY.
    """
    boundary = f"=_{sha256((rendered.html + rendered.text).encode()).hexdigest()[:40]}"
    fixed = shared_headers(sender, message=message, list_id=list_id)
    if not PLACE.search(rendered.subject):
        fixed[b"subject"] = subject_line(rendered.subject)
    fixed[b"mime-version"] = b"MIME-Version: 1.0\r\n"
    fixed[b"content-type"] = f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'.encode()
    return Prepared(
        subject=rendered.subject,
        fixed=fixed,
        pieces=(
            _part(boundary, "plain"),
            *_pieces(rendered.text, in_html=False),
            _part(boundary, "html"),
            *_pieces(rendered.html, in_html=True),
            _fixed(f"\r\n--{boundary}--\r\n".encode()),
        ),
        domain=sender.domain,
        signatures=signatures(sender),
    )


def shared_headers(sender: Sender, *, message: str, list_id: str) -> dict[bytes, bytes]:
    """What every recipient of a message has alike, but its subject."""
    lines = {b"from": _from_line(header_line(sender.name), sender.address)}
    if list_id:
        lines |= one_line("List-Id", f"<{list_id}.{sender.domain}>")
    else:
        lines |= one_line("Auto-Submitted", "auto-generated")
    return lines | one_line("Feedback-ID", feedback_id(sender.domain, message=message, list_id=list_id))


def _from_line(name: str, address: str) -> bytes:
    """EmailMessage forgets the quotation marks of a long name when it folds the line."""
    address = wire_address(address)
    if _WRITABLE.fullmatch(address) is None:
        raise ValueError("MAIL_FROM is no address")
    phrase = '"{}"'.format(name.replace("\\", r"\\").replace('"', r"\""))
    if _PLAIN_NAME.fullmatch(name):
        phrase = name
    elif not name.isascii():
        phrase = Header(name, "utf-8", maxlinelen=_ENCODED).encode(splitchars="", linesep="\r\n")
    fold = "" if "\r\n" not in phrase and len(phrase) + len(address) < _ENCODED else "\r\n"
    return f"From: {phrase}{fold} <{address}>\r\n".encode()


def subject_line(subject: str) -> bytes:
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = header_line(subject)
    return message.as_bytes().removesuffix(b"\r\n")


def one_line(name: str, value: str) -> dict[bytes, bytes]:
    """A header that is ASCII and must stay in one piece.

    EmailMessage would cut long links and addresses into encoded words, which no mail program puts together again.
    """
    line = f"{name}: {value}"
    if _ONE_LINE.fullmatch(line) is None:
        raise ValueError("a link or a list's name cannot stand in a header")
    return {name.lower().encode(): f"{line}\r\n".encode()}


def _own_headers(envelope: Envelope, domain: str, *, now: datetime) -> dict[bytes, bytes]:
    if not is_address(envelope.address):
        raise ValueError("no address that can stand in a header")
    lines = one_line("To", wire_address(envelope.address))
    lines |= one_line("Message-ID", f"<{message_hash(envelope.key)}@{domain}>")
    lines[b"date"] = _date_line(now.replace(microsecond=0))
    if envelope.unsubscribe_url:
        lines |= one_line("List-Unsubscribe", f"<{envelope.unsubscribe_url}>")
        lines |= one_line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    return lines


@lru_cache(maxsize=2)
def _date_line(now: datetime) -> bytes:
    return f"Date: {format_datetime(now)}\r\n".encode()


def _lines(piece: _Piece, personal: Mapping[str, str]) -> bytes:
    """What stands at the place of a piece."""
    if piece.in_html:
        return _soft(value_in_html(piece.place, personal))
    return _soft(personal.get(piece.place, f"%%{piece.place}%%"))


def _part(boundary: str, subtype: str) -> _Piece:
    before = "\r\n" if subtype == "html" else ""
    return _fixed(
        f"{before}--{boundary}\r\n"
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
    )


def _pieces(text: str, *, in_html: bool) -> list[_Piece]:
    """Fixed lines and places in turn: splitting leaves the names of the places at the odd positions."""
    parts = PLACE.split(text)
    last = len(parts) - 1
    return [
        _Piece(place=part, in_html=in_html) if at % 2 else _fixed(_quoted(part) if at == last else _soft(part))
        for at, part in enumerate(parts)
        if part
    ]


def _fixed(raw: bytes) -> _Piece:
    return _Piece(raw, canonical_body(raw))


def _quoted(text: str) -> bytes:
    return b2a_qp(text.replace("\r\n", "\n").encode()).replace(b"\n", b"\r\n")


def _soft(text: str) -> bytes:
    """Ends with a line's end, and if need be with one that does not count."""
    if _SHORT.fullmatch(text):
        return text.encode() + b"=\r\n"
    lines = _quoted(text)
    return lines if not lines or lines.endswith(b"\n") else lines + b"=\r\n"
