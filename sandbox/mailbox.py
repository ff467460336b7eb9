"""The messages that were caught, and the faults of the mail server."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Caught:
    """One message as it came over SMTP: envelope, and the raw text with what is not UTF-8 replaced."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    def shown(self) -> dict[str, object]:
        text = self.raw.decode("utf-8", "replace")
        return {"from": self.sender, "to": list(self.recipients), "raw": text}


@dataclass
class MailFault:
    """Strikes every `every`-th message, `times` times (None: no end); `recipient` limits it to one address.

    Modes: `reply` answers `code`; `hang` says nothing for a minute; `drop_before_reply` takes the message and closes.
    """

    code: int = 451
    recipient: str | None = None
    every: int = 1
    times: int | None = None
    mode: str = "reply"
    seen: int = 0

    def strikes(self, recipients: tuple[str, ...]) -> bool:
        if self.times == 0 or (self.recipient is not None and self.recipient not in recipients):
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Mailbox:
    """Locked by itself: the mail server runs in a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: list[Caught] = []
        self._fault: MailFault | None = None

    def add(self, message: Caught) -> None:
        with self._lock:
            self._messages.append(message)

    def all(self) -> list[Caught]:
        """Return what was caught, oldest first."""
        with self._lock:
            return list(self._messages)

    def clear(self) -> None:
        with self._lock:
            self._messages.clear()

    def set_fault(self, fault: MailFault | None) -> None:
        with self._lock:
            self._fault = fault

    def refuses_recipient(self, address: str) -> int | None:
        """Return the code for RCPT TO: a permanent refusal of one named address comes that early."""
        with self._lock:
            fault = self._fault
            early = fault and fault.mode == "reply" and fault.recipient == address and fault.code == 550  # noqa: PLR2004
            return fault.code if early and fault and fault.strikes((address,)) else None

    def meets(self, recipients: tuple[str, ...]) -> MailFault | None:
        """Return the fault that the end of DATA meets, or None."""
        with self._lock:
            return self._fault if self._fault and self._fault.strikes(recipients) else None
