from dataclasses import dataclass
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


class Transport(Protocol):
    """Hands finished messages to a mail server. Never call it inside a writing session."""

    def send(self, message: bytes, *, sender: str, recipient: str) -> Reply:
        """Raises TransportUnavailableError or InDoubtError."""

    def close(self) -> None:
        """Say goodbye to the server, if connected."""
