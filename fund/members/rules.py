"""What a name, an address and a password may be. Everything else about members is in the use cases."""

import unicodedata
from datetime import timedelta
from hashlib import sha256

from fund.kit.errors import Refusal
from fund.mail.rules import is_address

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
LONGEST_NAME = 80

SESSION_LIFETIME = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=10)
"""How precisely we know when a session was last used: one write per browser in this time, not one per page."""
INVITATION_LIFETIME = timedelta(days=14)
ASKED_TWICE_WITHIN = timedelta(minutes=1)

# Twelve characters and more from the published lists of stolen passwords, compared without case, digits' tails and
# repetition: short on purpose, since length is what protects.
_COMMONEST = frozenset(
    (  # noqa: SIM905  one line a word would fill the page
        "password1234 passwordpassword password12345 password123456 motdepassemotdepasse motdepasse123 motdepasse1234 "
        "administrator administrateur qwertyuiop123 qwertyuiop12 qwertyuiopasdf azertyuiop123 azertyuiop12 "
        "iloveyou1234 letmeinletmein welcome12345 welcome123456 123456789012 1234567890123 12345678901234 "
        "123456789abc abcdefghijkl abcdefghijklm abc123abc123 1q2w3e4r5t6y 1qaz2wsx3edc qwerty123456 azerty123456 "
        "correcthorsebatterystaple trustno1trustno1 changemechangeme changeme1234 sunshine1234 princess1234 "
        "football1234 baseball1234 bonjour12345 soleil123456 doudou123456 loulou123456"
    ).split()
)
_FEWEST_DIFFERENT = 5


def normal_password(password: str) -> str:
    """One form for letters that keyboards compose differently; nothing is trimmed or cut."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, address: str) -> None:
    """Raises Refusal on field `password`. Length protects; no demands on which characters."""
    plain = normal_password(password)
    folded = plain.casefold()
    if len(plain) < SHORTEST_PASSWORD:
        raise Refusal("A password has at least {least} characters.", field="password", least=SHORTEST_PASSWORD)
    if len(plain) > LONGEST_PASSWORD:
        raise Refusal("A password has at most {most} characters.", field="password", most=LONGEST_PASSWORD)
    if folded == address.strip().casefold():
        raise Refusal("Your address is no password: everybody knows it.", field="password")
    if folded in _COMMONEST or len(set(folded)) < _FEWEST_DIFFERENT:
        raise Refusal("That password is among the first that are tried. Choose another.", field="password")


def clean_address(text: str, *, field: str = "email") -> str:
    """The address as typed, trimmed. Only the mail itself can prove that it exists."""
    address = text.strip()
    if not address:
        raise Refusal("Write an e-mail address.", field=field)
    if not is_address(address) or not address.isprintable():
        raise Refusal("This is not an e-mail address. It looks like name@example.org.", field=field)
    return address


def clean_name(text: str, *, field: str = "name") -> str:
    """One line, trimmed, without control or direction marks that would let it pose as something else."""
    plain = text if text.isprintable() else "".join(letter for letter in text if not _is_control(letter))
    name = " ".join(plain.split())
    if not name:
        raise Refusal("Write a name.", field=field)
    if len(name) > LONGEST_NAME:
        raise Refusal("A name has at most {most} characters.", field=field, most=LONGEST_NAME)
    return name


def gone_index(index: str) -> str:
    """What stands in place of a deleted member's index.

    It tells only who already has an address whether that was deleted here: no list brings back who has left for good.
    """
    return "gone:" + sha256(index.encode()).hexdigest()[:59]


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter not in "\t\n\r"
