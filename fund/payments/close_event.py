from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.payments.models import ProcessorEvent

FIRST_RETRY = timedelta(seconds=20)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 60
FINAL = frozenset({"applied", "ignored", "foreign", "rejected", "quarantined"})


def claim_event(session: Session, event_id: str) -> ProcessorEvent | None:
    """The row, locked for this session; None when somebody has dealt with it."""
    event = session.get(ProcessorEvent, event_id, with_for_update=True, populate_existing=True)
    if event is None or event.state in FINAL:
        return None
    return event


def close_event(event: ProcessorEvent, *, state: str, outcome: str, now: datetime) -> None:
    """An event's end is stated once and never again. `outcome` holds ids only."""
    if state not in FINAL:
        raise Refusal("An event ends as one of the stated outcomes.", status=500)
    event.state, event.outcome, event.applied_at, event.due_at = state, outcome, now, None


def put_off_event(event: ProcessorEvent, *, reason: str, now: datetime) -> None:
    """Try again later, later each time; after about two days it is left for a person to see."""
    event.attempts += 1
    if event.attempts >= MOST_ATTEMPTS:
        event.state, event.outcome, event.due_at = "quarantined", f"given up: {reason}"[:200], None
        return
    wait = min(LONGEST_WAIT, FIRST_RETRY * 2 ** min(event.attempts - 1, 12))
    event.state, event.outcome, event.due_at = "failed", reason[:200], now + wait
