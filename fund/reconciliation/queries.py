"""Reads of comparisons with Stripe."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.reconciliation.models import Cursor, Reconciliation

ASKED = "reconcile_asked"
"""The cursor that says when somebody asked for a comparison last."""
GIVEN_UP_AFTER = timedelta(minutes=15)
"""A comparison that was asked for and left no result for so long has failed: Stripe could not be read."""


def last_runs(session: Session, *, limit: int) -> list[Reconciliation]:
    """Newest first."""
    return list(session.scalars(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(limit)))


def asked_at(session: Session) -> datetime | None:
    """When the comparison that is still to come was asked for; None if none is."""
    cursor = session.get(Cursor, ASKED)
    last = next(iter(last_runs(session, limit=1)), None)
    if cursor is None or cursor.moment is None or (last is not None and last.at >= cursor.moment):
        return None
    return cursor.moment
