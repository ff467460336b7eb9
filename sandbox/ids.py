"""Object ids as Stripe forms them: a prefix that names the kind, then letters and digits."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """Return `prefix` and `length` random letters and digits."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))
