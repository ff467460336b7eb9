from datetime import datetime

from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.payments.models import Alert


def raise_alert(session: Session, *, key: str, sentence: str, now: datetime) -> bool:
    """Put something before a treasurer, once for each `key`. `sentence` holds ids and amounts only."""
    values = {"key": key, "sentence": sentence, "raised_at": now, "settled_by": ""}
    return bool(insert_new(session, Alert, [values], unique=["key"]))
