import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fund.db.keyring import UndecryptableError
from fund.db.session import BusyError, Database
from fund.mail.claim import UNREADABLE
from fund.mail.finish_mailing import finish_mailing
from fund.mail.hold_batch import LEASE, SENDS, HeldBatch, keep_batch, leave_batch, take_batch
from fund.mail.models import MailBody, Mailing
from fund.mail.pace import may_leave, note_left
from fund.mail.prepare import Prepared, prepare
from fund.mail.render_message import Rendered
from fund.mail.rules import NO_ADDRESS, next_window, wire_address
from fund.mail.sender import Sender
from fund.mail.sign import UnusableKeyError
from fund.mail.transport import NoReply, Outgoing, Transport
from fund.mail.window import Taken, Tried, claim_window, judge, record_window

log = logging.getLogger(__name__)

SERVER_DOWN = timedelta(minutes=1)
"""How long nothing of a batch is tried after the mail server could not be reached."""
LONGEST_WAIT = timedelta(seconds=5)
"""A worker sits out a rate for so long; for longer, the batch waits without one."""
Found = TypeVar("Found")
_TRIES = 5
_MOST_PREPARED = 20


@dataclass(slots=True)
class MailingSender:
    """What a worker keeps from one batch to the next: its connection, what it has prepared, how fast the server is."""

    database: Database
    transport: Transport
    sender: Sender
    clock: Callable[[], datetime]
    rate: float = 0
    """MAIL_RATE: messages a second over all workers together, 0 for no limit."""
    lease: timedelta = LEASE
    wait: Callable[[float], object] = time.sleep
    size: int = 1
    prepared: dict[int, Prepared] = field(default_factory=dict)


def send_mailing_batch(worker: MailingSender, stopping: Callable[[], bool]) -> int:
    """Send one batch of a mailing, whichever is due and nobody's; 0 when there is none, or the mail server is down.

    One transaction writes down what became of the last few messages and claims the next few, so that of a process
    that dies no more than those are left in doubt. No session is open while the server talks.
    """
    held = _in_transaction(worker, lambda session: take_batch(session, lease=worker.lease, now=worker.clock()))
    tried: list[Tried] = []
    while held is not None:
        turn = _Turn(worker, held, tried, stopping=stopping())
        step = _in_transaction(worker, turn.take)
        if step.ended:
            return 0 if turn.is_down else 1
        held, tried = step.held, _send(worker, step.taken)
        if step.wait:
            worker.wait(step.wait)
    return 0


@dataclass(frozen=True, slots=True)
class _Step:
    held: HeldBatch | None = None
    taken: Sequence[Taken] = ()
    wait: float = 0

    @property
    def ended(self) -> bool:
        return self.held is None


@dataclass(frozen=True, slots=True)
class _Turn:
    """One transaction between two windows. Harmless when it is rolled back and begun again."""

    worker: MailingSender
    held: HeldBatch
    tried: Sequence[Tried]
    stopping: bool

    @property
    def is_down(self) -> bool:
        """Some were not even tried."""
        return any(one.state == "queued" for one in self.tried)

    def take(self, session: Session) -> _Step:
        now = self.worker.clock()
        record_window(session, self.tried, now=now)
        held = keep_batch(session, self.held, lease=self.worker.lease, now=now)
        if held is None:
            log.warning("batch %d took too long, and is somebody else's", self.held.id)
            return _Step()
        state, began_at = session.execute(_STATE, {"mailing": held.mailing_id}).one()
        if self.is_down:
            log.warning("the mail server cannot be reached; what is due waits")
            return self._leave(session, held, now, again_at=now + SERVER_DOWN)
        if self.stopping or state not in SENDS:
            return self._leave(session, held, now)
        return self._next(session, held, now, begun=began_at is not None)

    def _next(self, session: Session, held: HeldBatch, now: datetime, *, begun: bool) -> _Step:
        allowed = may_leave(session, wanted=self.worker.size, rate=self.worker.rate, now=now)
        if allowed.again_at is not None:
            wait = allowed.again_at - now
            if wait > LONGEST_WAIT:
                return self._leave(session, held, now, again_at=allowed.again_at)
            return _Step(held, wait=wait.total_seconds())
        if not begun:
            session.execute(_BEGINS, {"mailing": held.mailing_id})
        taken, anything = claim_window(session, held.id, size=allowed.count, now=now)
        if not anything:
            return self._leave(session, held, now)
        note_left(session, len(taken), rate=self.worker.rate, now=now)
        if taken and not begun:
            session.execute(_BEGAN, {"mailing": held.mailing_id, "now": now})
        return _Step(held, taken)

    def _leave(self, session: Session, held: HeldBatch, now: datetime, *, again_at: datetime | None = None) -> _Step:
        leave_batch(session, held, again_at=again_at)
        finish_mailing(session, mailing_id=held.mailing_id, now=now)
        return _Step()


def _send(worker: MailingSender, taken: Sequence[Taken]) -> list[Tried]:
    began = time.monotonic()
    try:
        _prepare(worker, {one.body_id for one in taken})
    except UnusableKeyError as unusable:
        log.error("%s", unusable)  # noqa: TRY400  the reason is the whole message; a trace might show the key
        return [judge(one, NoReply.UNTRIED) for one in taken]
    ready = [(one, _fill(worker, one)) for one in taken]
    outgoing = [message for _, message in ready if isinstance(message, Outgoing)]
    answers = iter(worker.transport.send_many(outgoing, sender=worker.sender.address))
    tried = [judge(one, next(answers)) if isinstance(done, Outgoing) else done for one, done in ready]
    if taken:
        worker.size = next_window(len(taken), seconds=time.monotonic() - began)
    return tried


def _fill(worker: MailingSender, one: Taken) -> Outgoing | Tried:
    """The finished message, or why there is none."""
    body = worker.prepared.get(one.body_id)
    if body is None or one.envelope is None:
        log.error("delivery %d cannot be read with the DATA_KEYS there are, or its sender cannot be named", one.id)
        return Tried(one, "deferred", UNREADABLE)
    try:
        return Outgoing(body.fill(one.envelope, now=worker.clock()), wire_address(one.envelope.address))
    except ValueError:
        return Tried(one, "failed", NO_ADDRESS)


def _prepare(worker: MailingSender, wanted: set[int]) -> None:
    """What the bodies share is laid out once. One that cannot be read is left out."""
    missing = wanted - worker.prepared.keys()
    if not missing:
        return
    if len(worker.prepared) > _MOST_PREPARED:
        worker.prepared.clear()
        missing = wanted
    for body_id in missing:
        with worker.database.read() as session, suppress(UndecryptableError, ValueError):
            body = session.get_one(MailBody, body_id)
            rendered = Rendered(body.subject, body.text, body.html)
            worker.prepared[body_id] = prepare(rendered, worker.sender, message=body.message, list_id=body.list_id)


def _in_transaction(worker: MailingSender, work: Callable[[Session], Found]) -> Found:
    """Again from its start when it met another writer; what was sent meanwhile must be written down."""
    for _ in range(_TRIES - 1):
        with suppress(DBAPIError, BusyError), worker.database.write() as session:
            return work(session)
        worker.wait(0.05)
    with worker.database.write() as session:
        return work(session)


_BEGAN = (
    update(Mailing)
    .where(Mailing.id == bindparam("mailing"), Mailing.began_at.is_(None))
    .values(began_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)
_BEGINS = select(Mailing.id).where(Mailing.id == bindparam("mailing")).with_for_update(key_share=True)
"""Before its deliveries, as everybody takes them in this order."""
_STATE = (
    select(Mailing.state, Mailing.began_at)
    .where(Mailing.id == bindparam("mailing"))
    .with_for_update(read=True, key_share=True)  # waits for whoever pauses or cancels it, not for whoever fills it
)
