"""A window: the few messages of a batch that a worker has in flight. Claimed together, written down together."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, Text, bindparam, case, select, type_coerce, update
from sqlalchemy.orm import Session

from fund.db.keyring import UndecryptableError
from fund.db.types import keyring
from fund.mail.claim import IN_DOUBT, UNAVAILABLE
from fund.mail.domains import back_off, welcome_back
from fund.mail.hold_batch import WAITING
from fund.mail.models import Delivery, MailDomain
from fund.mail.pace import count_today
from fund.mail.prepare import Envelope
from fund.mail.rules import is_about_the_domain, is_no_such_address, wait_before
from fund.mail.suppress import suppress
from fund.mail.transport import Answer, NoReply, Reply


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """One delivery that is ours to send. Has no repr: it holds an address."""

    id: int
    body_id: int
    attempts: int
    address_index: str
    domain_index: str
    domain_waited: bool
    """Its domain said "later" before."""
    envelope: Envelope | None
    """None when it cannot be read with the DATA_KEYS there are."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one. `reply` is the server's codes, or a word of ours when it gave none."""

    taken: Taken
    state: str
    reply: str = ""
    enhanced: str = ""


def claim_window(session: Session, batch_id: int, *, size: int, now: datetime) -> tuple[list[Taken], bool]:
    """Mark the next few of the batch as being sent; and whether there was anything at all to look at.

    Those whose domain asked to wait are put off until then: that is no attempt.
    """
    rows = session.execute(_NEXT, {"batch": batch_id, "now": now, "size": size}).all()
    waiting: defaultdict[datetime, list[int]] = defaultdict(list)
    for row in rows:
        if row.wait_until is not None:
            waiting[row.wait_until].append(row.id)
    connection = session.connection()
    for moment, ids in waiting.items():
        connection.execute(_PUT_OFF, {"ids": ids, "moment": moment})
    ready = [row.id for row in rows if row.wait_until is None]
    ours = set(connection.scalars(_CLAIM, {"ids": ready, "moment": now})) if ready else set()
    return [_taken(row) for row in rows if row.id in ours], bool(rows)


def judge(taken: Taken, answer: Answer) -> Tried:
    """What an answer of the server makes of a delivery."""
    if isinstance(answer, Reply):
        said = f"{answer.code} {answer.enhanced}".strip()
        return Tried(taken, _state(answer), said, answer.enhanced)
    return Tried(taken, *_NO_REPLY[answer])


def record_window(session: Session, tried: Sequence[Tried], *, now: datetime) -> None:
    """Only of deliveries that still are `sending`: a person may have judged them meanwhile."""
    later = {one.taken.domain_index for one in tried if _is_domains(one)}
    welcome_back(session, {one.taken.domain_index for one in tried if one.state == "sent" and one.taken.domain_waited})
    until = back_off(session, later, now=now)
    groups: defaultdict[tuple[str, str, datetime | None, int], list[int]] = defaultdict(list)
    for one in tried:
        state, due = _settled(one, until, now=now)
        groups[state, one.reply, due, one.taken.attempts + (one.state != "queued")].append(one.taken.id)
    for (state, reply, due, attempts), ids in groups.items():
        values: dict[str, Any] = {"to": state, "reply": reply, "tries": attempts, "ids": ids}
        statement = _SENT if state == "sent" else _RECORD if due is None else _RECORD_DUE
        session.connection().execute(statement, values | {"moment": due or now})
        if state in WAITING:
            session.connection().execute(_LEFT, {"ids": ids})
    for index in sorted(one.taken.address_index for one in tried if one.state == "bounced"):
        suppress(session, address_index=index, reason="bounced", source="our mail server", now=now)
    count_today(session, -sum(one.state == "queued" or one.reply == UNAVAILABLE for one in tried), now=now)


def _state(reply: Reply) -> str:
    if reply.code < 400:  # noqa: PLR2004
        return "sent"
    if reply.code < 500:  # noqa: PLR2004
        return "deferred"
    return "bounced" if is_no_such_address(reply.code, reply.enhanced) else "failed"


def _is_domains(one: Tried) -> bool:
    return one.state == "deferred" and one.reply[:1] == "4" and is_about_the_domain(one.enhanced)


def _settled(one: Tried, until: dict[str, datetime | None], *, now: datetime) -> tuple[str, datetime | None]:
    """Its state, and when it is due again."""
    if one.state != "deferred":
        return one.state, None
    wait = wait_before(one.taken.attempts + 1)
    domain = until.get(one.taken.domain_index, now)
    if wait is None or domain is None:
        return "failed", None
    return "deferred", max(now + wait, domain)


def _taken(row: Any) -> Taken:
    keys = keyring()
    try:
        envelope = Envelope(
            key=row.key,
            address=keys.decrypt(row.address, "delivery.address"),
            personal=json.loads(keys.decrypt(row.personal, "delivery.personal")),
            unsubscribe_url=row.unsubscribe_url and keys.decrypt(row.unsubscribe_url, "delivery.unsubscribe_url"),
        )
    except UndecryptableError:
        envelope = None
    return Taken(
        row.id, row.body_id, row.attempts, row.address_index, row.domain_index, row.in_a_row is not None, envelope
    )


_NO_REPLY = {
    NoReply.UNAVAILABLE: ("deferred", UNAVAILABLE),
    NoReply.IN_DOUBT: ("unsure", IN_DOUBT),
    NoReply.UNTRIED: ("queued", ""),
}
_SEALED = (Delivery.address, Delivery.personal, Delivery.unsubscribe_url)
_NEXT = (
    select(
        Delivery.id,
        Delivery.key,
        Delivery.body_id,
        Delivery.attempts,
        Delivery.address_index,
        Delivery.domain_index,
        MailDomain.in_a_row,
        case((MailDomain.wait_until > bindparam("now"), MailDomain.wait_until)).label("wait_until"),
        *(type_coerce(column, Text).label(column.key) for column in _SEALED),
    )
    .outerjoin(MailDomain, MailDomain.domain_index == Delivery.domain_index)
    .where(Delivery.batch_id == bindparam("batch"), Delivery.state.in_(WAITING), Delivery.due_at <= bindparam("now"))
    .limit(bindparam("size"))
)
_DELIVERY = cast("Table", Delivery.__table__)
_THESE = _DELIVERY.c.id.in_(bindparam("ids", expanding=True))
_WAIT = update(_DELIVERY).where(_THESE, _DELIVERY.c.state.in_(WAITING))
_PUT_OFF = _WAIT.values(state="deferred", due_at=bindparam("moment"))
_CLAIM = _WAIT.values(state="sending", claimed_at=bindparam("moment")).returning(_DELIVERY.c.id)
_LEFT = _WAIT.where(_DELIVERY.c.claimed_at.is_(None)).values(state="cancelled")
"""By their readers, while they were with the server: `cancel_deliveries`."""
_RECORD = (
    update(_DELIVERY)
    .where(_THESE, _DELIVERY.c.state == "sending")
    .values(state=bindparam("to"), last_reply=bindparam("reply"), attempts=bindparam("tries"))
)
_RECORD_DUE = _RECORD.values(due_at=bindparam("moment"))
_SENT = _RECORD.values(sent_at=bindparam("moment"))
