from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fund.members.models import AddressChange, PasswordReset, Registration

KEPT = timedelta(days=30)


def forget_wishes(session: Session, *, now: datetime) -> None:
    """Drop links that lapsed long ago: registrations, new passwords, new addresses."""
    for model in (Registration, PasswordReset, AddressChange):
        session.execute(delete(model).where(model.expires_at < now - KEPT).execution_options(synchronize_session=False))
