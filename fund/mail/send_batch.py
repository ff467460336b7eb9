import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fund.db.keyring import UndecryptableError
from fund.db.session import Database
from fund.mail.claim import (
    IN_DOUBT,
    UNAVAILABLE,
    UNREADABLE,
    Claim,
    Outcome,
    claim_one,
    load_letter,
    outcome_of,
    record_outcome,
)
from fund.mail.compose import Letter, compose
from fund.mail.models import MailBody
from fund.mail.pace import take_turn
from fund.mail.rules import NO_ADDRESS, wire_address
from fund.mail.sender import Sender
from fund.mail.sign import UnusableKeyError
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
    _bodies: dict[int, MailBody] = field(default_factory=dict)
    _taken: Claim | None = None
    _letter: Letter | None = None
    _outcome: Outcome | None = None

    def take_next(self) -> bool:
        with self.database.write() as session:
            if self._outcome is not None:
                record_outcome(session, self._outcome, now=self._moment())
            self._taken = claim_one(session, now=self._moment())
            self._letter = self._load(session, self._taken) if self._taken else None
            if self._taken:
                take_turn(session, 1, rate=self.rate, now=self._moment())
        self._outcome = None
        return self._taken is not None

    def send_taken(self) -> None:
        if self._taken is None:
            return
        began = time.monotonic()
        self.tried += 1
        self._outcome = self._send(self._taken)
        self.unavailable = self.unavailable + 1 if self._outcome.reply == UNAVAILABLE else 0
        if self.rate and not self.unavailable:
            time.sleep(max(0.0, 1 / self.rate - (time.monotonic() - began)))

    def write_down(self) -> None:
        if self._outcome is not None:
            with self.database.write() as session:
                record_outcome(session, self._outcome, now=self._moment())

    def _load(self, session: Session, taken: Claim) -> Letter | None:
        try:
            return load_letter(session, taken, self._bodies)
        except UndecryptableError:
            log.exception("delivery %d cannot be read with the DATA_KEYS there are", taken.delivery_id)
            return None

    def _send(self, taken: Claim) -> Outcome:
        if self._letter is None:
            return Outcome(taken, "deferred", UNREADABLE)
        try:
            message = compose(self._letter, self.sender, now=self._moment())
            recipient = wire_address(self._letter.address)
        except UnusableKeyError as unusable:
            log.error("%s", unusable)  # noqa: TRY400  the reason is the whole message; a trace might show the key
            return Outcome(taken, "deferred", UNAVAILABLE)
        except ValueError:
            return Outcome(taken, "failed", NO_ADDRESS)
        try:
            reply = self.transport.send(message, sender=self.sender.address, recipient=recipient)
        except TransportUnavailableError:
            return Outcome(taken, "deferred", UNAVAILABLE)
        except InDoubtError:
            return Outcome(taken, "unsure", IN_DOUBT)
        return outcome_of(taken, reply)

    def _moment(self) -> datetime:
        """The time given, carried on: a batch may take minutes."""
        return self.now + timedelta(seconds=time.monotonic() - self._started)
