"""What a provider or a mail server says became of a message that we sent. Pure."""

import re
from dataclasses import dataclass

_HASH = re.compile(r"(?<![0-9a-f])([0-9a-f]{40})@")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]\d)")
_GONE = re.compile(r"5\.(?:1\.(?!7$|8$)\d+|2\.1|4\.[14])")
_SAYS_GONE = re.compile(
    r"(?:user|recipient|mailbox|address|account|alias)\b.{0,40}?\b(?:unknown|not found|(?:does not|doesn.t) exist"
    r"|disabled|no longer (?:valid|available|exists|active)|invalid)"
    r"|(?:unknown|no such|invalid) (?:user|recipient|mailbox|address|account|domain)"
    r"|not a valid (?:user|recipient|mailbox|address)|wasn.t found at|couldn.t be found|no mailbox here",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """One thing said about one message. Has no repr: it may hold an address."""

    key: str
    """Source and the report's own id, or a digest of it: the same key is taken once."""
    kind: str
    """bounce, delay or complaint."""
    source: str
    """webhook or bounce message."""
    hard: bool = False
    """Of a bounce: nothing will ever arrive at this address."""
    status: str = ""
    message_hash: str = ""
    """The part of our Message-ID before the @, where it is known."""
    address: str = ""
    trusted: bool = True
    """Whether we know who says it. Anybody can write to a mailbox: then only our Message-ID proves a report."""


def hash_in(text: str) -> str:
    """The part before the @ of the first Message-ID of ours; empty without one."""
    found = _HASH.search(text)
    return found[1] if found else ""


def status_in(text: str) -> str:
    """The first enhanced status code (RFC 3463); empty without one."""
    found = _STATUS.search(text)
    return found[1] if found else ""


def is_for_good(status: str, words: str = "") -> bool:
    """Whether a bounce says that the address does not exist, or will not again.

    5.1.x without 5.1.7 and 5.1.8 (the sender's address), 5.2.1 (closed), 5.4.4 and Microsoft's 5.4.1. A full mailbox,
    a policy or a message that is too large say nothing of the kind. A code that says nothing leaves it to `words`.
    """
    if status and not status.startswith("5.0"):
        return _GONE.fullmatch(status) is not None
    return _SAYS_GONE.search(words[:2000]) is not None
