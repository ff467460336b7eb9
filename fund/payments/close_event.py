from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.payments.models import ProcessorEvent

FIRST_RETRY = timedelta(seconds=20)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 60
FINAL = frozenset({"applied", "ignored", "foreign", "rejected", "quarantined"})

_CLAIM = (
    select(ProcessorEvent)
    .where(ProcessorEvent.id == bindparam("event_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def claim_event(session: Session, event_id: str) -> ProcessorEvent | None:
    """The row, locked for this session; None when somebody has dealt with it."""
    event = session.scalars(_CLAIM, {"event_id": event_id}).one_or_none()
    if event is None or event.state in FINAL:
        return None
    return event


def close_event(event: ProcessorEvent, *, state: str, outcome: str, now: datetime) -> None:
    """An event's end is stated once and never again. `outcome` holds ids only."""
    if state not in FINAL:
        raise Refusal("An event ends as one of the stated outcomes.", status=500)
    event.state, event.outcome, event.applied_at, event.due_at = state, outcome, now, None


def close_events(session: Session, event_ids: list[str], *, state: str, outcome: str, now: datetime) -> None:
    """Many at once that end in the same way; those that somebody has dealt with keep their own end."""
    session.execute(
        update(ProcessorEvent)
        .where(ProcessorEvent.id.in_(event_ids), ProcessorEvent.state.not_in(FINAL))
        .values(state=state, outcome=outcome, applied_at=now, due_at=None),
        execution_options={"synchronize_session": False},
    )


def put_off_event(event: ProcessorEvent, *, reason: str, now: datetime) -> None:
    """Try again later, later each time; after about two days it is left for a person to see."""
    event.attempts += 1
    if event.attempts >= MOST_ATTEMPTS:
        event.state, event.outcome, event.due_at = "quarantined", f"given up: {reason}"[:200], None
        return
    wait = min(LONGEST_WAIT, FIRST_RETRY * 2 ** min(event.attempts - 1, 12))
    event.state, event.outcome, event.due_at = "failed", reason[:200], now + wait
