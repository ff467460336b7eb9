"""Argon2id by argon2-cffi's profile (RFC 9106, low memory: 64 MiB, three passes).

Hashing waits its turn before it takes memory, so that a storm of sign-ins costs patience and not the machine.
Never call it inside a writing session: everybody else would wait for the same turn.
"""

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fund.members.rules import LONGEST_PASSWORD, check_password, normal_password

AT_ONCE = 2
_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(AT_ONCE)


def new_password_hash(password: str, *, address: str) -> str:
    """What to store for a password that a person chose. Raises Refusal on field `password`."""
    check_password(password, address=address)
    return hash_password(password)


def is_password(stored: str | None, password: str) -> bool:
    """Takes as long for `None` (nobody has that address) as for a member."""
    nobody = _nobodys_hash()
    too_long = len(password) > LONGEST_PASSWORD
    with _turns:
        try:
            return _hasher.verify(stored or nobody, normal_password(password[:LONGEST_PASSWORD])) and not too_long
        except (VerificationError, InvalidHashError):
            return False


def hash_password(password: str) -> str:
    """Without judging it: for the demo's people, and for the hash that stands for nobody."""
    with _turns:
        return _hasher.hash(normal_password(password))


@cache
def _nobodys_hash() -> str:
    return hash_password(secrets.token_urlsafe())
