from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class TransportUnavailableError(Exception):
    """Nothing was handed over: no connection, or it broke before the message was. Trying again is right."""


class InDoubtError(Exception):
    """The connection broke after the message was handed over and before the server's answer: it may be on its way."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered to one message: 250 accepted, 4xx later, 5xx never."""

    code: int
    enhanced: str = ""
    """Such as `5.1.1`; empty when the server gave none. Its text is dropped: it may repeat the address."""


class NoReply(Enum):
    """What became of a message that the server did not answer."""

    UNAVAILABLE = "tried and not handed over: as TransportUnavailableError"
    IN_DOUBT = "as InDoubtError"
    UNTRIED = "the server is down or slow, and this one was not even begun"


Answer = Reply | NoReply


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """One finished message. Has no repr: it holds an address."""

    message: bytes
    recipient: str


class Transport(Protocol):
    """Hands finished messages to a mail server. Never call it inside a writing session."""

    def send(self, message: bytes, *, sender: str, recipient: str) -> Reply:
        """Raises TransportUnavailableError or InDoubtError."""

    def send_many(self, messages: Sequence[Outgoing], *, sender: str) -> list[Answer]:
        """One answer for each message, in their order. Never raises.

        Once the server is taken to be down, or time is up, the rest are UNTRIED.
        """

    def another(self) -> "Transport":
        """One more connection to the same server, for whoever must not wait for this one."""

    def greet(self) -> frozenset[str]:
        """Connect, log in, and leave: what the server offers, in lower case, with `encrypted` if we are.

        Raises TransportUnavailableError, which says what kind of trouble it was.
        """

    def close(self) -> None:
        """Say goodbye to the server, if connected."""
