from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from fund.work.models import Wake
from fund.work.queue import Queue

_ARM = update(Wake).where(Wake.inbox == bindparam("name"), Wake.armed == 0).values(armed=1)


def arm_drain(session: Session, queue: Queue, inbox: str) -> None:
    """Something was put into `inbox` in this session: have `drain_<inbox>` run once after it commits.

    A thousand calls before the drain starts make one drain. The drain disarms first and then empties the inbox, so
    what is stored after that arms the next one. (A unique queue key instead was tried: it is held until the drain
    completes, and what was stored meanwhile was left lying.)
    """
    if session.connection().execute(_ARM, {"name": inbox}).rowcount:
        queue.enqueue(session, f"drain_{inbox}")


def disarm_drain(session: Session, inbox: str) -> None:
    """The drain's first act, committed before it looks at the inbox."""
    session.execute(update(Wake).where(Wake.inbox == inbox).values(armed=0))
