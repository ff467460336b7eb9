"""The keys that donor data is encrypted with. They come from DATA_KEYS, never from the database.

AES-256-GCM; the stored form is `v1.<key id>.<nonce and ciphertext>`, bound to its table and column, so
that a value copied to another column does not decrypt. A blind index is an HMAC under a key derived from
the data key: equal inputs can be found, nothing can be read.
"""

import base64
import binascii
import hmac
import os
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class UndecryptableError(Exception):
    """A stored value was made with a key that is not in DATA_KEYS, or was changed."""


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    data: AESGCM
    index: bytes


class Keyring:
    """The first key writes; every key reads."""

    def __init__(self, keys: list[tuple[str, bytes]]) -> None:
        self._keys = [Key(id_, AESGCM(_derive(secret, b"data")), _derive(secret, b"index")) for id_, secret in keys]
        self._by_id = {key.id: key for key in self._keys}

    def encrypt(self, text: str, place: str) -> str:
        """`place` is `table.column`."""
        key = self._keys[0]
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + key.data.encrypt(nonce, text.encode(), place.encode())
        return f"v1.{key.id}.{base64.urlsafe_b64encode(sealed).decode()}"

    def decrypt(self, stored: str, place: str) -> str:
        """Raises UndecryptableError; its message never holds the value."""
        version, _, rest = stored.partition(".")
        key_id, _, body = rest.rpartition(".")
        key = self._by_id.get(key_id)
        if version != "v1" or key is None:
            raise UndecryptableError(f"{place}: no key {key_id!r} in DATA_KEYS")
        try:
            sealed = binascii.a2b_base64(body.replace("-", "+").replace("_", "/"))
            return key.data.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as broken:
            raise UndecryptableError(f"{place}: the stored value was changed") from broken

    def blind_index(self, text: str) -> str:
        """What a new row stores beside an encrypted address: 64 hex digits."""
        return _digest(self._keys[0], text)

    def blind_indexes(self, text: str) -> list[str]:
        """What to look for: one per key, so that a look-up works while keys are rotated."""
        return [_digest(key, text) for key in self._keys]


def _derive(secret: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"retainer:" + use).derive(secret)


def _digest(key: Key, text: str) -> str:
    return hmac.new(key.index, text.encode(), sha256).hexdigest()
