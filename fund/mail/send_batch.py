import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fund.db.keyring import UndecryptableError
from fund.db.session import Database
from fund.mail.claim import (
    IN_DOUBT,
    UNAVAILABLE,
    Outcome,
    claim_one,
    load_letter,
    outcome_of,
    record_outcome,
)
from fund.mail.compose import UnusableKeyError, compose
from fund.mail.rules import NO_ADDRESS, wire_address
from fund.mail.sender import Sender
from fund.mail.transport import InDoubtError, Transport, TransportUnavailableError

log = logging.getLogger(__name__)

MOST_UNAVAILABLE = 3
"""So many in a row, and the mail server is taken to be down."""


def send_batch(
    database: Database,
    transport: Transport,
    sender: Sender,
    *,
    limit: int = 100,
    rate: float = 0,
    now: datetime,
) -> int:
    """Send what is due, one message after the other, and say how many were tried.

    0 means: stop, nothing is due or the mail server is down; a later sweep goes on. `rate` is messages a second,
    0 for no limit. Each message is marked as being sent and committed before the server sees it, so that of a
    process that dies only the message in flight is left in doubt. No session is open while the server talks.
    """
    batch = _Batch(database, transport, sender, rate=rate, now=now)
    for _ in range(limit):
        if not batch.take_next():
            break
        batch.send_taken()
        if batch.unavailable == MOST_UNAVAILABLE:
            log.warning("the mail server cannot be reached; what is due waits for the next sweep")
            batch.write_down()
            return 0
    batch.write_down()
    return batch.tried


@dataclass(slots=True)
class _Batch:
    """One run of send_batch. Writing down one outcome and taking the next delivery share a database transaction."""

    database: Database
    transport: Transport
    sender: Sender
    rate: float = field(kw_only=True)
    now: datetime = field(kw_only=True)
    tried: int = 0
    unavailable: int = 0
    _started: float = field(default_factory=time.monotonic)
    _taken: int = 0
    _outcome: Outcome | None = None

    def take_next(self) -> bool:
        with self.database.write() as session:
            if self._outcome is not None:
                record_outcome(session, self._outcome, now=self._moment())
            taken = claim_one(session, now=self._moment())
        self._outcome = None
        self._taken = taken or 0
        return taken is not None

    def send_taken(self) -> None:
        began = time.monotonic()
        self.tried += 1
        self._outcome = self._send()
        self.unavailable = self.unavailable + 1 if self._outcome.reply == UNAVAILABLE else 0
        if self.rate and not self.unavailable:
            time.sleep(max(0.0, 1 / self.rate - (time.monotonic() - began)))

    def write_down(self) -> None:
        if self._outcome is not None:
            with self.database.write() as session:
                record_outcome(session, self._outcome, now=self._moment())

    def _send(self) -> Outcome:
        try:
            message, recipient = self._compose()
        except UndecryptableError:
            log.exception("delivery %d cannot be read with the DATA_KEYS there are", self._taken)
            return Outcome(self._taken, "deferred", "unreadable")
        except UnusableKeyError as unusable:
            log.error("%s", unusable)  # noqa: TRY400  the reason is the whole message; a trace might show the key
            return Outcome(self._taken, "deferred", UNAVAILABLE)
        except ValueError:
            return Outcome(self._taken, "failed", NO_ADDRESS)
        try:
            reply = self.transport.send(message, sender=self.sender.address, recipient=recipient)
        except TransportUnavailableError:
            return Outcome(self._taken, "deferred", UNAVAILABLE)
        except InDoubtError:
            return Outcome(self._taken, "unsure", IN_DOUBT)
        return outcome_of(self._taken, reply)

    def _compose(self) -> tuple[bytes, str]:
        with self.database.read() as session:
            letter = load_letter(session, self._taken)
        return compose(letter, self.sender, now=self._moment()), wire_address(letter.address)

    def _moment(self) -> datetime:
        """The time given, carried on: a batch may take minutes."""
        return self.now + timedelta(seconds=time.monotonic() - self._started)
