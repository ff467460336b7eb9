"""How fast mail to many may leave, over all workers and machines together: a rate, and a warm-up day by day.

Both are reserved in the transaction that claims the messages, under one row's lock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.mail.models import MailDay, MailPace
from fund.mail.rules import most_at_once, next_day, warm_up_allowance

CREDIT = timedelta(seconds=0.1)
"""What a worker that comes late may catch up on."""


@dataclass(frozen=True, slots=True)
class Permission:
    """How many messages may leave now; when none, when to ask again."""

    count: int
    again_at: datetime | None = None


def may_leave(session: Session, *, wanted: int, rate: float, now: datetime) -> Permission:
    """`rate` is messages a second, 0 for no limit. Holds the row until the transaction ends: `note_left` comes next."""
    pace = session.get_one(MailPace, 1)
    if rate or pace.first_day:
        pace = session.get_one(MailPace, 1, with_for_update=True, populate_existing=True)
    if rate:
        if pace.free_at > now:
            return Permission(0, pace.free_at)
        wanted = min(wanted, most_at_once(rate))
    if pace.first_day:
        allowance = warm_up_allowance(pace.first_day, since=pace.warm_since, now=now)
        wanted = min(wanted, allowance - _left_today(session, now))
        if wanted <= 0:
            return Permission(0, next_day(now))
    return Permission(wanted)


def note_left(session: Session, count: int, *, rate: float, now: datetime) -> None:
    """So many were taken to be sent now."""
    if rate and count:
        pace = session.get_one(MailPace, 1)
        pace.free_at = max(pace.free_at, now - CREDIT) + timedelta(seconds=count / rate)
    count_today(session, count, now=now)


def count_today(session: Session, count: int, *, now: datetime) -> None:
    """Below zero for what was taken and came back without having been handed over."""
    if not count:
        return
    counted = (
        update(MailDay)
        .where(MailDay.day == _day(now))
        .values(sent=MailDay.sent + count)
        .execution_options(synchronize_session=False)
    )
    if not session.connection().execute(counted).rowcount:
        insert_new(session, MailDay, [{"day": _day(now), "sent": 0}], unique=["day"])
        session.execute(counted)


def _left_today(session: Session, now: datetime) -> int:
    return session.scalar(select(MailDay.sent).where(MailDay.day == _day(now))) or 0


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
