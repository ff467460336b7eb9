"""What may stand in a header, what is an address, and when to try again. Pure."""

import re
from datetime import timedelta
from hashlib import sha256

LONGEST_SUBJECT = 150
LONGEST_ADDRESS = 254
NO_ADDRESS = "no address"
"""Stands in place of a server's reply."""
GIVE_UP_AFTER = timedelta(days=2)
_FIRST_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
_LATER_WAIT = timedelta(hours=1)
_STEERING = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:(?:{_LABEL}\.)+{_LABEL}|localhost)")
PLACE = re.compile(r"%%([a-z_]+)%%")


def is_address(text: str) -> bool:
    """Whether this can be written to: one plain `local@domain`.

    No quotes, no spaces, no control characters, only ASCII before the @ (few servers take more); the domain may have
    letters of any language.
    """
    if len(text) > LONGEST_ADDRESS or _ADDRESS.fullmatch(text) is None:
        return False
    try:
        wire_address(text)
    except UnicodeError:
        return False
    return True


def wire_address(address: str) -> str:
    """The same address with its domain in the ASCII form that mail servers use. Raises UnicodeError."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def message_hash(key: str) -> str:
    """The part of a Message-ID before the @: made from the delivery's key alone, so that a second copy shows."""
    return sha256(b"message-id:" + key.encode()).hexdigest()[:40]


def header_line(text: str, *, longest: int = LONGEST_SUBJECT) -> str:
    """One line without control characters and marks that turn the reading direction, cut at a word."""
    line = " ".join(_CONTROL.sub(" ", _STEERING.sub("", text)).split())
    if len(line) <= longest:
        return line
    kept = line[: longest - 1]
    return (kept.rpartition(" ")[0] or kept) + "…"


def clean_text(text: str) -> str:
    """Text as it may stand in a body: no control characters but tab and line feed, and no `%%name%%` of its own."""
    uniform = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", uniform).replace("%%", "%\u2060%")


def fill_places(text: str, personal: dict[str, str]) -> str:
    """Put each recipient's own values for `%%name%%`, in one pass: a value is never looked through again."""
    return PLACE.sub(lambda place: personal.get(place[1], place[0]), text)


def wait_before(attempt: int) -> timedelta | None:
    """How long to wait after the `attempt`-th try failed for now: 1, 5, 15 minutes, then hourly; None: give up."""
    if attempt <= len(_FIRST_WAITS):
        return _FIRST_WAITS[attempt - 1]
    waited = sum(_FIRST_WAITS, timedelta()) + (attempt - len(_FIRST_WAITS)) * _LATER_WAIT
    return _LATER_WAIT if waited <= GIVE_UP_AFTER else None
