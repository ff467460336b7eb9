from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.mail.models import MailHookToken

KEPT = timedelta(days=3)
"""Longer than the oldest signature that is taken."""


def note_token(session: Session, token: str, *, now: datetime) -> bool:
    """False when a report with this token was taken already."""
    session.execute(delete(MailHookToken).where(MailHookToken.seen_at < now - KEPT))
    row = {"digest": sha256(token.encode()).hexdigest(), "seen_at": now}
    return bool(insert_new(session, MailHookToken, [row], unique=["digest"]))
