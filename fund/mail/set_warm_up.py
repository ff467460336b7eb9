from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.mail.models import MailPace

MOST_ON_FIRST_DAY = 1_000_000


def set_warm_up(session: Session, *, first_day: int, actor: str, now: datetime) -> MailPace:
    """So many messages to many on the first day (UTC), which is today, and twice as many each day after; 0: no limit.

    The same number again changes nothing. Raises Refusal (422) on `first_day`.
    """
    if not 0 <= first_day <= MOST_ON_FIRST_DAY:
        raise Refusal("A whole number from 0 to {most}, please.", field="first_day", most=MOST_ON_FIRST_DAY)
    pace = session.get_one(MailPace, 1, with_for_update=True, populate_existing=True)
    if pace.first_day == first_day:
        return pace
    record_change(
        session,
        actor=actor,
        action="set_warm_up",
        subject="mail",
        before={"first_day": pace.first_day},
        after={"first_day": first_day},
        now=now,
    )
    pace.first_day, pace.warm_since = first_day, now if first_day else None
    return pace
