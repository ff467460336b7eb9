"""DKIM (RFC 6376, 8463), relaxed/relaxed. dkimpy reads every message anew; it checks this in the tests."""

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fund.mail.sender import Sender

SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"auto-submitted",
    b"list-id", b"list-unsubscribe", b"list-unsubscribe-post", b"feedback-id",
)  # fmt: skip
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)
_SPACES = re.compile(rb"[ \t]+")
_SPACES_AT_END = re.compile(rb"[ \t]+(?=\r\n)")
_FOLDS = re.compile(rb"\r\n(?=[ \t])")


class UnusableKeyError(Exception):
    """DKIM_KEY or DKIM_SELECTOR is set and cannot be used; the message never holds the key."""


@dataclass(frozen=True, slots=True, repr=False)
class Signature:
    """One key ready to sign with. Has no repr: it holds the key."""

    algorithm: str
    domain: str
    selector: str
    sign: Callable[[bytes], bytes]

    def header(self, lines: dict[bytes, bytes], body_hash: str, *, now: datetime) -> bytes:
        """The DKIM-Signature over `lines` (canonical, by name) and the body with this hash."""
        named = [name for name in SIGNED if name in lines]
        unsigned = (
            f"DKIM-Signature: v=1; a={self.algorithm}; c=relaxed/relaxed; d={self.domain};\r\n"
            f" s={self.selector}; t={int(now.timestamp())};\r\n"
            f" h={b':'.join(named).decode()};\r\n"
            f" bh={body_hash};\r\n b="
        ).encode()
        signed = b"".join(lines[name] for name in named) + canonical_header(unsigned)[:-2]
        value = base64.b64encode(self.sign(signed))
        return unsigned + b"\r\n ".join(value[at : at + 72] for at in range(0, len(value), 72)) + b"\r\n"


def signatures(sender: Sender) -> tuple[Signature, ...]:
    """One for each key of the sender; none when it has no key. Raises UnusableKeyError."""
    if not sender.dkim_key:
        return ()
    return _signatures(sender.dkim_key, sender.dkim_selector, sender.domain)


def canonical_header(line: bytes) -> bytes:
    name, _, value = _FOLDS.sub(b"", line).partition(b":")
    return name.strip().lower() + b":" + _SPACES.sub(b" ", value).strip() + b"\r\n"


def canonical_body(part: bytes) -> bytes:
    """Of a part that begins and ends with a line. Empty lines at the end of a message are the caller's to avoid."""
    return _SPACES_AT_END.sub(b"", _SPACES.sub(b" ", part))


def body_hash(parts: Iterable[bytes]) -> str:
    """Of canonical parts."""
    return base64.b64encode(sha256(b"".join(parts)).digest()).decode()


@lru_cache(maxsize=4)
def _signatures(pems: str, names: str, domain: str) -> tuple[Signature, ...]:
    keys = _PEM.findall(pems)
    selectors = [name.strip() for name in names.split(",") if name.strip()]
    if not keys or len(keys) != len(selectors):
        raise UnusableKeyError("DKIM_KEY and DKIM_SELECTOR do not hold the same number of keys and names")
    return tuple(_usable(pem, domain, selector) for pem, selector in zip(keys, selectors, strict=True))


def _usable(pem: str, domain: str, selector: str) -> Signature:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as unusable:
        raise UnusableKeyError("DKIM_KEY is no private key in PEM, or has a password") from unusable
    if isinstance(key, Ed25519PrivateKey):
        return Signature("ed25519-sha256", domain, selector, lambda data: key.sign(sha256(data).digest()))
    if isinstance(key, RSAPrivateKey):
        return Signature("rsa-sha256", domain, selector, lambda data: key.sign(data, PKCS1v15(), SHA256()))
    raise UnusableKeyError("DKIM_KEY is neither an RSA nor an Ed25519 key")
