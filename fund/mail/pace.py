"""How fast mail to many may leave, over all workers and machines together: a rate, and a warm-up day by day.

Both are reserved in the transaction that claims the messages, under one row's lock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select, update
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
    pace = session.execute(_PACE).one()
    if rate or pace.first_day:
        pace = session.execute(_PACE.with_for_update()).one()
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
    """So many to many were taken to be sent now."""
    take_turn(session, count, rate=rate, now=now)
    count_today(session, count, now=now)


def take_turn(session: Session, count: int, *, rate: float, now: datetime) -> None:
    """Mail to many waits for so many more. Single messages wait for nobody, and count in the rate all the same."""
    if rate and count:
        free_at = session.execute(_PACE.with_for_update()).one().free_at
        free_at = max(free_at, now - CREDIT) + timedelta(seconds=count / rate)
        session.execute(update(MailPace).where(MailPace.id == 1).values(free_at=free_at).execution_options(**_PLAIN))


def count_today(session: Session, count: int, *, now: datetime) -> None:
    """Below zero for what was taken and came back without having been handed over."""
    if not count:
        return
    counted = {"today": _day(now), "count": count}
    if not session.connection().execute(_COUNT, counted).rowcount:
        insert_new(session, MailDay, [{"day": _day(now), "sent": 0}], unique=["day"])
        session.connection().execute(_COUNT, counted)


def _left_today(session: Session, now: datetime) -> int:
    return session.scalar(select(MailDay.sent).where(MailDay.day == _day(now))) or 0


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


_PLAIN = {"synchronize_session": False}
_PACE = select(MailPace.free_at, MailPace.first_day, MailPace.warm_since).where(MailPace.id == 1)
_COUNT = (
    update(MailDay.__table__)  # type: ignore[arg-type]
    .where(MailDay.day == bindparam("today"))
    .values(sent=MailDay.sent + bindparam("count"))
)
