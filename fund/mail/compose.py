import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from fund.mail.render_message import Rendered, escape_personal
from fund.mail.rules import fill_places, header_line, is_address, message_hash, wire_address
from fund.mail.sender import Sender

_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)
_SIGNED = (
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "auto-submitted",
    "list-id", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
_ONE_LINE = re.compile(r"[ -~]{1,990}")
_POLICY = SMTP.clone(max_line_length=78)


class UnusableKeyError(Exception):
    """DKIM_KEY or DKIM_SELECTOR is set and cannot be used; the message never holds the key."""


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """One message to one person, before it becomes bytes."""

    key: str
    address: str
    rendered: Rendered
    personal: Mapping[str, str] = field(default_factory=dict)
    unsubscribe_url: str | None = None
    list_id: str = ""


def compose(letter: Letter, sender: Sender, *, now: datetime) -> bytes:
    """The finished message, signed when there is a key. Sent again it carries the same Message-ID.

    Raises ValueError for an address or a link that cannot stand in a header, UnusableKeyError for a wrong DKIM_KEY.
    """
    personal = dict(letter.personal)
    if letter.unsubscribe_url:
        personal["unsubscribe_url"] = letter.unsubscribe_url
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(header_line(sender.name), addr_spec=sender.address)
    message["Subject"] = header_line(fill_places(letter.rendered.subject, dict(letter.personal)))
    message["Date"] = format_datetime(now)
    message.set_content(fill_places(letter.rendered.text, personal), cte="quoted-printable")
    html = fill_places(letter.rendered.html, escape_personal(personal))
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{sha256(letter.key.encode()).hexdigest()[:40]}")
    return _signed(_plain_headers(letter, sender) + message.as_bytes(), sender)


def message_id(key: str, sender: Sender) -> str:
    return f"<{message_hash(key)}@{sender.domain}>"


def _plain_headers(letter: Letter, sender: Sender) -> bytes:
    """Headers that are ASCII and must stay in one piece.

    EmailMessage would cut long links and addresses into encoded words, which no mail program puts together again.
    """
    if not is_address(letter.address):
        raise ValueError("no address that can stand in a header")
    headers = {"To": wire_address(letter.address), "Message-ID": message_id(letter.key, sender)}
    if letter.list_id:
        headers["List-Id"] = f"<{letter.list_id}.{sender.domain}>"
    else:
        headers["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if any(_ONE_LINE.fullmatch(line) is None for line in lines):
        raise ValueError("a link or a list's name cannot stand in a header")
    return "".join(f"{line}\r\n" for line in lines).encode()


def _signed(message: bytes, sender: Sender) -> bytes:
    if not sender.dkim_key:
        return message
    keys = _PEM.findall(sender.dkim_key)
    selectors = [name.strip() for name in sender.dkim_selector.split(",") if name.strip()]
    if not keys or len(keys) != len(selectors):
        raise UnusableKeyError("DKIM_KEY and DKIM_SELECTOR do not hold the same number of keys and names")
    present = [name for name in _SIGNED if re.search(rb"(?im)^" + name.encode() + rb":", _head(message))]
    signatures = [
        _signature(message, pem, selector, sender, present) for pem, selector in zip(keys, selectors, strict=True)
    ]
    return b"".join(signatures) + message


def _head(message: bytes) -> bytes:
    return message.partition(b"\r\n\r\n")[0]


def _signature(message: bytes, pem: str, selector: str, sender: Sender, names: list[str]) -> bytes:
    algorithm, key = _usable_key(pem)
    header = dkim.sign(
        message,
        selector.encode(),
        sender.domain.encode(),
        key,
        canonicalize=(b"relaxed", b"relaxed"),
        signature_algorithm=algorithm,
        include_headers=[name.encode() for name in names],
    )
    return bytes(header)


def _usable_key(pem: str) -> tuple[bytes, bytes]:
    """The algorithm's name and the key in the form dkimpy reads."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as unusable:
        raise UnusableKeyError("DKIM_KEY is no private key in PEM, or has a password") from unusable
    if isinstance(key, Ed25519PrivateKey):
        return b"ed25519-sha256", base64.b64encode(key.private_bytes_raw())
    if isinstance(key, RSAPrivateKey):
        return b"rsa-sha256", key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    raise UnusableKeyError("DKIM_KEY is neither an RSA nor an Ed25519 key")
